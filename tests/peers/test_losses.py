"""Losses against PyTorch's, with their gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab.config import Hyper
from reglab.training.losses import data_loss, penalty, targets

from ..nn.helpers import x64

pytestmark = pytest.mark.peers


@pytest.fixture(autouse=True)
def double():
    with x64(jnp.float64):
        yield


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_cross_entropy_with_label_smoothing(smoothing):
    import torch
    from torch.nn import functional

    rng = np.random.default_rng(0)
    logits, labels = 5 * rng.normal(size=(12, 6)), rng.integers(0, 6, 12)
    theirs = torch.tensor(logits, requires_grad=True)
    expected = functional.cross_entropy(theirs, torch.tensor(labels), label_smoothing=smoothing)
    expected.backward()
    value, slope = jax.value_and_grad(
        lambda logits: data_loss(logits, targets(jnp.asarray(labels), 6, smoothing))
    )(jnp.asarray(logits))
    assert float(value) == pytest.approx(expected.item(), abs=1e-12)
    np.testing.assert_allclose(slope, theirs.grad.numpy(), atol=1e-12)


def test_penalties():
    import torch

    kernel = np.random.default_rng(1).normal(size=(4, 3))
    theirs = torch.tensor(kernel, requires_grad=True)
    expected = 0.2 * theirs.abs().sum() + 0.05 * theirs.square().sum()
    expected.backward()
    hyper = Hyper(l1=0.2, l2=0.05)
    params = {"kernel": jnp.asarray(kernel), "bias": jnp.full(3, 9.0)}
    value, slope = jax.value_and_grad(lambda params: penalty(params, hyper))(params)
    assert float(value) == pytest.approx(expected.item(), abs=1e-12)
    np.testing.assert_allclose(slope["kernel"], theirs.grad.numpy(), atol=1e-12)
    np.testing.assert_array_equal(slope["bias"], 0)
