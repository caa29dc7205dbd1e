"""The models written down once more with NumPy and SciPy, in float64."""

import itertools

import numpy as np
from scipy.signal import correlate
from scipy.special import softmax

from .helpers import NUMPY_ACTIVATIONS


def array(variable):
    return np.asarray(variable[...], np.float64)


def conv(x, kernel, bias, strides, pads, groups=1):
    """SciPy's correlations over positions and channels; x is ``(n, *positions, channels)``."""
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    outs, ins = kernel.shape[-1], kernel.shape[-2]
    step = tuple(slice(None, None, s) for s in strides)
    images = []
    for image in x:
        channels = []
        for o in range(outs):
            first = o // (outs // groups) * ins
            total = correlate(image[..., first : first + ins], kernel[..., o], "valid", "direct")
            channels.append(total[..., 0][step] + bias[o])
        images.append(np.stack(channels, axis=-1))
    return np.stack(images)


def conv_layer(layer, x, strides, pads, groups=1):
    kernel = array(layer.kernel)
    bias = np.zeros(kernel.shape[-1]) if layer.bias is None else array(layer.bias)
    return conv(x, kernel, bias, strides, pads, groups)


def pool(x, size, stride, kind):
    reduce = np.max if kind == "max" else np.mean
    axes = range(1, x.ndim - 1)
    counts = [(x.shape[axis] - size) // stride + 1 for axis in axes]
    out = np.empty((len(x), *counts, x.shape[-1]))
    for place in itertools.product(*map(range, counts)):
        window = (slice(None), *(slice(i * stride, i * stride + size) for i in place))
        out[(slice(None), *place)] = reduce(x[window], axis=tuple(axes))
    return out


def response_norm(x, size=5, k=2.0, alpha=1e-4, beta=0.75):
    out = np.empty_like(x)
    for c in range(x.shape[-1]):
        near = x[..., max(0, c - size // 2) : c - size // 2 + size]
        out[..., c] = x[..., c] / (k + alpha * (near**2).sum(axis=-1)) ** beta
    return out


def norm(layer, x, training):
    axes = tuple(range(x.ndim - 1))
    mean, var = (x.mean(axis=axes), x.var(axis=axes)) if training else map(
        array, (layer.mean, layer.var)
    )  # fmt: skip
    return (x - mean) / np.sqrt(var + layer.epsilon) * array(layer.scale) + array(layer.bias)


def dropout(layer, x, masks):
    """Takes the next mask in training, when ``masks`` is an iterator; predicts when it is None."""
    if layer is None:
        return x
    keep = 1 - array(layer.rate)
    if masks is None:
        return x * keep if layer.scaling == "classic" else x
    x = x * next(masks).reshape(x.shape)
    return x if layer.scaling == "classic" else x / keep


def dense(layer, x):
    return x @ array(layer.kernel) + (0 if layer.bias is None else array(layer.bias))


def mlp(model, x, masks):
    for i, drop in enumerate(model.dropouts):
        x = dense(model.linears[i], x)
        if model.batch_norm and model.order == "before":
            x = norm(model.norms[i], x, masks is not None)
        x = NUMPY_ACTIVATIONS[model.activation](x)
        if model.batch_norm and model.order == "after":
            x = norm(model.norms[i], x, masks is not None)
        x = dropout(drop, x, masks)
    return dense(model.linears[-1], x)


def block(model, x, masks):
    spec, axes = model.spec, x.ndim - 2
    strides = (spec.stride,) * axes
    y = conv_layer(model.conv, x, strides, model.pads, spec.groups)
    if model.norm is not None and model.order == "before":
        y = norm(model.norm, y, masks is not None)
    y = NUMPY_ACTIVATIONS[model.activation](y)
    if model.norm is not None and model.order == "after":
        y = norm(model.norm, y, masks is not None)
    if spec.response_norm:
        y = response_norm(y)
    if model.residual and model.project is None:
        y = y + x
    elif model.residual:
        y = y + conv_layer(model.project, x, strides, ((0, 0),) * axes)
    y = pool(y, spec.pool, spec.pool_stride, model.pooling)
    return dropout(model.dropout, y, masks)


def conv_net(model, x, masks=None):
    """Scores of a ``CNN`` or ``AlexNet``: predicted, or trained with an iterator of masks."""
    x = np.asarray(x, np.float64).reshape(len(x), *model.input_shape)
    for part in model.blocks:
        x = block(part, x, masks)
    return mlp(model.head, x.reshape(len(x), -1), masks)


def attention_block(model, x, masks):
    h = x if model.norm is None else norm(model.norm, x, masks is not None)
    query, key, value = (dense(layer, h) for layer in (model.query, model.key, model.value))
    maps = np.empty((len(x), model.num_heads, x.shape[1], x.shape[1]))
    mixed = np.empty_like(query)
    size = x.shape[-1] // model.num_heads
    for n, head in np.ndindex(*maps.shape[:2]):
        part = (n, slice(None), slice(head * size, (head + 1) * size))
        maps[n, head] = softmax(query[part] @ key[part].T / np.sqrt(size), axis=1)
        mixed[part] = maps[n, head] @ value[part]
    y = dropout(model.dropout, dense(model.output, mixed), masks)
    x = x + y if model.residual else y
    if model.mlp is None:
        return x, maps
    y = mlp(model.mlp, x.reshape(-1, x.shape[-1]), masks).reshape(x.shape)
    return (x + y if model.residual else y), maps


def patches(x, size):
    """Patches of images ``(n, H, W, C)``, row by row, each flattened."""
    _, height, width, _ = x.shape
    corners = itertools.product(range(0, height, size), range(0, width, size))
    return np.stack([x[:, i : i + size, j : j + size].reshape(len(x), -1) for i, j in corners], 1)


def positions(model):
    if model.position is not None:
        return array(model.position)
    table = np.zeros((model.num_tokens, model.features))
    if model.positions == "sinusoidal":
        for t, i in np.ndindex(*table.shape):
            angle = t / 10_000 ** (2 * (i // 2) / model.features)
            table[t, i] = np.cos(angle) if i % 2 else np.sin(angle)
    return table


def attention(model, x, masks=None):
    """Scores of an ``AttentionClassifier`` and the maps of its last layer."""
    x = np.asarray(x, np.float64).reshape(len(x), *model.input_shape)
    x = patches(x, model.patch) if x.ndim == 4 else x.reshape(len(x), model.num_tokens, -1)
    x = dense(model.embed, x) + positions(model)
    for layer in model.layers:
        x, maps = attention_block(layer, x, masks)
    return mlp(model.head, x.mean(axis=1), masks), maps
