"""CNN, AlexNet and attention against PyTorch's own layers, with the same weights."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab.nn import CNN, AlexNet, AttentionBlock, response_norm

from ..nn.helpers import filled, inputs, predict, x64

pytestmark = pytest.mark.peers


@pytest.fixture(autouse=True)
def double():
    with x64(jnp.float64):
        yield


def tensor(x):
    import torch

    return torch.tensor(np.asarray(x), dtype=torch.float64)


def convolve(layer, x, stride, padding, groups=1):
    """x is channels first, as everything in PyTorch."""
    from torch.nn import functional

    kernel = jnp.moveaxis(layer.kernel[...], (-1, -2), (0, 1))
    bias = None if layer.bias is None else tensor(layer.bias[...])
    f = functional.conv1d if x.ndim == 3 else functional.conv2d
    return f(x, tensor(kernel), bias, stride, padding, 1, groups)


def normalize(layer, x):
    from torch.nn import functional

    stats = (tensor(v[...]) for v in (layer.mean, layer.var, layer.scale, layer.bias))
    return functional.batch_norm(x, *stats, training=False, eps=layer.epsilon)


def dense(layer, x):
    return x @ tensor(layer.kernel[...]) + tensor(layer.bias[...])


def channels_last(x):
    """As the head of a network of this package reads it."""
    return x.movedim(1, -1).flatten(1)


def scores(head, x):
    for linear in list(head.linears)[:-1]:
        x = dense(linear, x).relu()
    return dense(head.linears[-1], x)


def test_the_reference_network_of_mnist1d():
    windows = {"kernel_size": (5, 3, 3), "stride": 2, "padding": 1}
    model = filled(
        lambda rngs: CNN((40,), (25,) * 3, 10, rngs=rngs, param_dtype=jnp.float64, **windows)
    )
    x = inputs((4, 40), dtype=jnp.float64)
    y = tensor(x)[:, None]
    for block in model.blocks:
        y = convolve(block.conv, y, 2, 1).relu()
    expected = scores(model.head, channels_last(y))
    np.testing.assert_allclose(predict(model, x), expected.numpy(), atol=1e-10)


def test_residual_blocks_with_batch_norm():
    model = filled(
        lambda rngs: CNN(
            (10, 9, 3), (4, 4, 6), 2, kernel_size=5, pool=(1, 2, 1), batch_norm=True, residual=True,
            param_dtype=jnp.float64, rngs=rngs,
        )
    )  # fmt: skip
    from torch.nn import functional

    x = inputs((3, 10, 9, 3), dtype=jnp.float64)
    y = tensor(x).movedim(-1, 1)
    for i, block in enumerate(model.blocks):
        skip = y if block.project is None else convolve(block.project, y, 1, 0)
        y = normalize(block.norm, convolve(block.conv, y, 1, 2)).relu() + skip
        y = functional.max_pool2d(y, 2) if i == 1 else y
    expected = scores(model.head, channels_last(y))
    np.testing.assert_allclose(predict(model, x), expected.numpy(), atol=1e-9)


def test_alexnet_with_local_response_norm():
    from torch.nn import functional

    model = filled(
        lambda rngs: AlexNet(
            (28, 28), 10, variant="small", response_norm=True, param_dtype=jnp.float64, rngs=rngs
        )
    )
    x = inputs((2, 28, 28), dtype=jnp.float64)
    y = tensor(x)[:, None]
    for i, groups in enumerate((1, 2, 1, 2, 2)):
        y = convolve(model.blocks[i].conv, y, 1, 2 if i < 2 else 1, groups).relu()
        # PyTorch divides alpha by the size.
        y = functional.local_response_norm(y, 5, alpha=5e-4, beta=0.75, k=2.0) if i < 2 else y
        y = functional.max_pool2d(y, 3, 2) if i in (0, 1, 4) else y
    expected = scores(model.head, channels_last(y)).numpy()
    np.testing.assert_allclose(predict(model, x), expected, atol=1e-9 * abs(expected).max())


def test_response_norm_of_an_even_size():
    from torch.nn import functional

    x = inputs((3, 7, 6), dtype=jnp.float64)
    ours = response_norm(x, size=4, alpha=0.4, k=1.0)
    theirs = functional.local_response_norm(tensor(x).movedim(-1, 1), 4, alpha=1.6, k=1.0)
    np.testing.assert_allclose(ours, theirs.movedim(1, -1).numpy(), atol=1e-12)


def test_multi_head_attention_and_its_maps():
    import torch

    block = filled(
        lambda rngs: AttentionBlock(
            6, num_heads=3, feed_forward=0, residual=False, param_dtype=jnp.float64, rngs=rngs
        )
    )
    block.eval()
    twin = torch.nn.MultiheadAttention(6, 3, batch_first=True).double()
    entering = (block.query, block.key, block.value)
    twin.in_proj_weight.data = torch.cat([tensor(layer.kernel[...]).T for layer in entering])
    twin.in_proj_bias.data = torch.cat([tensor(layer.bias[...]) for layer in entering])
    twin.out_proj.weight.data = tensor(block.output.kernel[...]).T.contiguous()
    twin.out_proj.bias.data = tensor(block.output.bias[...])
    x = inputs((4, 5, 6), dtype=jnp.float64)
    y = tensor(x)
    expected, maps = twin(y, y, y, average_attn_weights=False)
    np.testing.assert_allclose(block(x), expected.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(block.attend(x).weights, maps.detach().numpy(), atol=1e-10)


def test_gradients_of_a_network():
    model = filled(
        lambda rngs: CNN((8, 7), (3, 4), 2, stride=(1, 2), padding=1, param_dtype=jnp.float64,
                         pooling="average", pool=(2, 1), rngs=rngs)
    )  # fmt: skip
    from torch.nn import functional

    x = inputs((3, 8, 7), dtype=jnp.float64)
    grad = jax.grad(lambda x: jnp.sum(predict(model, x) ** 2))(x)
    leaf = tensor(x).requires_grad_()
    y = functional.avg_pool2d(convolve(model.blocks[0].conv, leaf[:, None], 1, 1).relu(), 2)
    y = convolve(model.blocks[1].conv, y, 2, 1).relu()
    scores(model.head, channels_last(y)).square().sum().backward()
    np.testing.assert_allclose(grad, leaf.grad.numpy(), atol=1e-9)
