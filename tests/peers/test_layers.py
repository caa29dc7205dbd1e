"""The MLP against PyTorch: outputs in both modes, running statistics, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import ACTIVATIONS
from reglab.nn import set_dropout_rate

from ..nn.helpers import NORM_IDS, NORMS, forced, inputs, predict, random_mlp, train

pytestmark = pytest.mark.peers

WIDTHS, RATE, BATCH = (6, 5), 0.3, 16


def torch_module(name):
    from torch import nn

    modules = {
        "relu": nn.ReLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
        "gelu": lambda: nn.GELU(approximate="tanh"),
        "leaky_relu": nn.LeakyReLU,
        "identity": nn.Identity,
    }
    return modules[name]()


def assert_close(ours, theirs, atol):
    np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=atol)


def torch_twin(model, masks):
    """The same network in PyTorch, double precision, with the given masks for dropout."""
    import torch

    class Mask(torch.nn.Module):
        def __init__(self, mask):
            super().__init__()
            self.mask = torch.tensor(mask)

        def forward(self, x):
            return x * self.mask / (1 - RATE) if self.training else x

    def tensor(variable):
        return torch.tensor(np.asarray(variable[...]), dtype=torch.float64)

    def linear(layer):
        twin = torch.nn.Linear(*layer.kernel.shape, bias=layer.bias is not None).double()
        twin.weight.data = tensor(layer.kernel).T.contiguous()
        if layer.bias is not None:
            twin.bias.data = tensor(layer.bias)
        return twin

    def norm(layer):
        # PyTorch's momentum is the share of the batch, not that of the past.
        twin = torch.nn.BatchNorm1d(
            layer.num_features, eps=layer.epsilon, momentum=1 - layer.momentum
        ).double()
        twin.weight.data, twin.bias.data = tensor(layer.scale), tensor(layer.bias)
        twin.running_mean.data, twin.running_var.data = tensor(layer.mean), tensor(layer.var)
        return twin

    layers = []
    for i, mask in enumerate(masks):
        inner = [torch_module(model.activation)]
        if model.batch_norm:
            inner.insert(0 if model.order == "before" else 1, norm(model.norms[i]))
        layers += [linear(model.linears[i]), *inner, Mask(mask)]
    return torch.nn.Sequential(*layers, linear(model.linears[-1]))


@pytest.fixture(params=ACTIVATIONS)
def activation(request):
    return request.param


@pytest.fixture(params=NORMS, ids=NORM_IDS)
def pair(request, activation):
    norm = request.param
    with jax.enable_x64(True):
        model = random_mlp(3, WIDTHS, 2, activation=activation, dtype=jnp.float64, **norm)
        set_dropout_rate(model, RATE)
        masks = [np.random.default_rng(0).random((BATCH, width)) < 0.7 for width in WIDTHS]
        yield model, masks, torch_twin(model, masks)


def test_training_statistics_gradients_and_prediction(pair):
    import torch

    model, masks, twin = pair
    x, target = inputs((BATCH, 3), 1, jnp.float64), inputs((BATCH, 2), 2, jnp.float64)
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)

    def loss_fn(params):
        model = nnx.merge(graphdef, params, rest, copy=True)
        outputs = train(model, x, forced(*masks))
        return jnp.sum((outputs - target) ** 2), (outputs, nnx.state(model, nnx.BatchStat))

    grads, (outputs, batch_stats) = jax.grad(loss_fn, has_aux=True)(params)
    twin.train()
    twin_outputs = twin(torch.tensor(np.asarray(x)))
    ((twin_outputs - torch.tensor(np.asarray(target))) ** 2).sum().backward()
    assert_close(outputs, twin_outputs, 1e-10)

    before = [np.array(layer.var[...]) for layer in model.norms]
    nnx.update(model, batch_stats)
    for i, other in enumerate(m for m in twin if isinstance(m, torch.nn.BatchNorm1d)):
        layer, grad = model.norms[i], grads["norms"][i]
        assert_close(layer.mean[...], other.running_mean, 1e-12)
        # PyTorch keeps the unbiased variance: its batch share is larger by B / (B - 1).
        kept = layer.momentum * before[i]
        batch = np.asarray(layer.var[...]) - kept
        assert_close(kept + batch * BATCH / (BATCH - 1), other.running_var, 1e-12)
        other.running_var.data = torch.tensor(np.asarray(layer.var[...]))
        assert_close(grad["scale"][...], other.weight.grad, 1e-9)
        assert_close(grad["bias"][...], other.bias.grad, 1e-9)
    for i, other in enumerate(m for m in twin if isinstance(m, torch.nn.Linear)):
        grad = grads["linears"][i]
        assert_close(grad["kernel"][...], other.weight.grad.T, 1e-9)
        if other.bias is not None:
            assert_close(grad["bias"][...], other.bias.grad, 1e-9)

    twin.eval()
    assert_close(predict(model, x), twin(torch.tensor(np.asarray(x))), 1e-10)
