import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax.test_util import check_grads

from reglab.config import Hyper
from reglab.training.losses import data_loss, disturbed, num_draws, penalty, targets


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_cross_entropy_against_numpy(smoothing):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(7, 4)), rng.integers(0, 4, 7)
    target = np.eye(4)[labels] * (1 - smoothing) + smoothing / 4
    log_share = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    ours = data_loss(jnp.asarray(logits), targets(jnp.asarray(labels), 4, smoothing))
    np.testing.assert_allclose(ours, -(target * log_share).sum(axis=1).mean(), rtol=1e-6)


def test_penalty_counts_kernels_and_not_biases():
    params = {"a": {"kernel": jnp.array([[1.0, -2.0]]), "bias": jnp.array([5.0, 5.0])}}
    assert float(penalty(params, Hyper(l1=0.1, l2=0.01))) == pytest.approx(0.1 * 3 + 0.01 * 5)


def test_mixup_mixes_inputs_and_targets_by_one_share():
    draws = jax.random.uniform(jax.random.key(0), (num_draws(6, 6),))
    x = jnp.eye(6)
    same_x, same_target = disturbed(draws, x, x, Hyper())
    np.testing.assert_array_equal(same_x, x)
    np.testing.assert_array_equal(same_target, x)
    mixed_x, mixed_target = disturbed(draws, x, x, Hyper(augmentation=1.0))
    np.testing.assert_array_equal(mixed_x, mixed_target)
    own = np.diag(mixed_x)
    assert ((own >= 0.5) & (own < 1)).all()
    assert len(set(own.tolist())) == 6
    np.testing.assert_allclose(np.asarray(mixed_x).sum(axis=1), 1.0, rtol=1e-6)


def test_input_noise_is_standard_normal_times_its_number():
    x = jnp.zeros((20_000, 3))
    draws = jax.random.uniform(jax.random.key(1), (num_draws(20_000, 3),))
    noisy, target = disturbed(draws, x, x, Hyper(input_noise=0.5))
    np.testing.assert_array_equal(target, x)
    normal = np.asarray(noisy, float) / 0.5
    assert scipy.stats.kstest(normal.ravel(), "norm").pvalue > 1e-3
    np.testing.assert_allclose(np.corrcoef(normal.T), np.eye(3), atol=4 / np.sqrt(20_000))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_gradients_are_finite_differences_in_float64(smoothing):
    rng = np.random.default_rng(3)
    with jax.enable_x64(True):
        kernel = jnp.asarray(np.sign(rng.normal(size=(5, 4))) * rng.uniform(0.2, 1, (5, 4)))
        params = {"kernel": kernel, "bias": jnp.asarray(rng.normal(size=4))}
        x, labels = jnp.asarray(rng.normal(size=(9, 5))), jnp.asarray(rng.integers(0, 4, 9))
        hyper = Hyper(l1=0.3, l2=0.1)

        @jax.jit
        def loss(params):
            logits = x @ params["kernel"] + params["bias"][None]
            return data_loss(logits, targets(labels, 4, smoothing)) + penalty(params, hyper)

        check_grads(loss, (params,), order=2, modes=["rev"], atol=1e-6, rtol=1e-6)
        slope = jax.jit(jax.grad(loss))(params)
        params = jax.tree.map(np.asarray, params)
        for name, h in (("kernel", 1e-6), ("bias", 1e-6)):
            for place in np.ndindex(params[name].shape):
                moved = np.zeros(params[name].shape)
                moved[place] = h
                ends = [loss({**params, name: params[name] + step}) for step in (moved, -moved)]
                assert slope[name][place] == pytest.approx(
                    float(ends[0] - ends[1]) / (2 * h), abs=1e-8
                )
