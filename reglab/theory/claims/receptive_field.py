"""A6: what a convolution costs, and how much of the input a unit sees."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import CNN, Cost, cost
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import between, exactly, expectation, identity, mean_of, too_high
from reglab.words import say

LENGTH = 64  # of the signals; the middle unit of every net here sees no end of them


class Given(NamedTuple):
    """Settings.

    Attributes:
        kernels: sizes k of the kernels of one convolution.
        size: of the image along both axes.
        channels: of the image, of the convolution and of the scores.
        depths: numbers of layers.
        kernel: its size in all layers.
        depth: layers of the nets whose gradients are squared.
        width: their channels, also of the input.
        replicates: nets with fresh weights.
    """

    rng: np.random.Generator
    kernels: tuple[int, ...] = (1, 3, 5, 7)
    size: int = 14
    channels: tuple[int, int, int] = (4, 8, 10)
    depths: tuple[int, ...] = (1, 2, 4)
    kernel: int = 3
    depth: int = 8
    width: int = 16
    replicates: int = 500


def setup(seed: int) -> Given:
    """Weights are drawn by NumPy or by the package; what is counted does not depend on them."""
    return Given(np.random.default_rng(seed))


# -- formulas -------------------------------------------------------------------------------------


def predict(given: Given):
    """The formulas."""
    k, size, (before, after, scores) = np.array(given.kernels), given.size, given.channels
    taps = k * size - (k**2 - 1) / 4
    dense = 2 * size**2 * after * scores
    naive = 2 * before * after * (k * size) ** 2 + dense
    inside = 2 * before * after * taps**2 + dense
    depth, step = np.array(given.depths), given.kernel - 1
    fields = {1: 1 + step * depth, 2: 1 + step * (2**depth - 1)}
    variance = np.array(given.depths) * (given.kernel**2 - 1) / 12
    by_kernel = {"x": k, "x_label": say("size k of the kernel")}
    by_depth = {"x": depth, "x_label": say("layers")}
    field = 1 + step * given.depth
    position = np.arange(field) - step * given.depth / 2
    by_position = {"x": position, "x_label": say("position from the middle")}
    return {
        say("operations, every tap"): identity(naive, **by_kernel),
        say("operations, taps inside the image"): identity(inside, **by_kernel),
        say("operations by XLA's count"): identity(inside, **by_kernel),
        say("operations by XLA's count, k = 7"): too_high(naive[-1]),
        say("receptive field, recursion"): identity(fields[1], **by_depth),
        say("receptive field, gradient"): identity(fields[1], **by_depth),
        say("receptive field, recursion, stride 2"): identity(fields[2], **by_depth),
        say("receptive field, gradient, stride 2"): identity(fields[2], **by_depth),
        say("receptive field, gradient, outer weights zero"): too_high(fields[1][-1]),
        say("receptive field, gradient, input of 12, stride 2"): too_high(fields[2][-1]),
        say("squared gradient, 8 layers"): expectation(_bell(given), **by_position),
        say("second moment of the squared gradient"): expectation(variance, **by_depth),
        say("positions with 95 % of the squared gradient, 8 layers"): too_high(field),
    }


def _bell(given: Given) -> np.ndarray:
    """The distribution of a sum of uniform steps, one for each layer."""
    bell = np.ones(1)
    for _ in range(given.depth):
        bell = np.convolve(bell, np.ones(given.kernel) / given.kernel)
    return bell


# -- experiment -----------------------------------------------------------------------------------


def measure(given: Given):
    """The counts of the package, the compiler's, and gradients."""
    costs = [_cost_of_image(given, size) for size in given.kernels]
    xla = np.array([counted.xla_flops for counted in costs])
    added = given.size**2 * given.channels[1] + given.channels[2]  # biases; XLA counts them too
    plain, strided = ([_cost(given, depth, s) for depth in given.depths] for s in (1, 2))
    narrow = _cost(given, given.depths[-1], 1, is_narrow=True)
    short = _cost(given, given.depths[-1], 2, length=12)
    squares, moments = _squares(given)
    held = np.cumsum(_folded(squares.mean(axis=0))) / squares.mean(axis=0).sum()
    return {
        "operations, every tap": exactly([counted.flops for counted in costs]),
        "operations, taps inside the image": exactly([counted.flops_in_image for counted in costs]),
        "operations by XLA's count": between(xla, xla - added, xla),
        "operations by XLA's count, k = 7": between(xla[-1], xla[-1] - added, xla[-1]),
        "receptive field, recursion": exactly([counted.receptive_field[0] for counted in plain]),
        "receptive field, gradient": exactly([counted.footprint[0] for counted in plain]),
        "receptive field, recursion, stride 2": exactly(
            [counted.receptive_field[0] for counted in strided]
        ),
        "receptive field, gradient, stride 2": exactly(
            [counted.footprint[0] for counted in strided]
        ),
        "receptive field, gradient, outer weights zero": exactly(narrow.footprint[0]),
        "receptive field, gradient, input of 12, stride 2": exactly(short.footprint[0]),
        "squared gradient, 8 layers": mean_of(squares),
        "second moment of the squared gradient": mean_of(moments),
        "positions with 95 % of the squared gradient, 8 layers": exactly(
            1 + 2 * np.argmax(held >= 0.95)
        ),
    }


def _cost_of_image(given: Given, kernel: int) -> Cost:
    """Of one convolution and the scores, by shapes alone."""
    before, after, scores = given.channels
    shape = (given.size, given.size, before)
    options = {"kernel_size": kernel, "activation": "identity"}
    model = nnx.eval_shape(lambda: CNN(shape, (after,), scores, rngs=nnx.Rngs(0), **options))
    return cost(model, shape)


def _cost(
    given: Given, depth: int, stride: int, *, length: int = LENGTH, is_narrow: bool = False
) -> Any:
    """Of a net with random weights; ``is_narrow`` puts zeros round the middle of each kernel."""
    options = {"kernel_size": given.kernel, "stride": stride, "activation": "identity"}
    model = nnx.eval_shape(lambda: CNN((length,), (2,) * depth, 2, rngs=nnx.Rngs(0), **options))
    for _, variable in nnx.to_flat_state(nnx.state(model)):
        numbers = given.rng.normal(size=variable.shape)
        if is_narrow and len(variable.shape) == 3:
            numbers[[0, -1]] = 0.0
        variable.set_value(jnp.asarray(numbers, jnp.float32))
    return cost(model, (length,), xla=False)


def _squares(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """Squared gradients of the middle unit ``(replicates, field)``, and second moments by depth."""
    options = {"kernel_size": given.kernel, "activation": "identity"}
    channels, middle = (given.width,) * given.depth, LENGTH // 2

    def squared(key):
        shape = (LENGTH, given.width)
        model = CNN(shape, channels, 1, spatial_axes=1, rngs=nnx.Rngs(key), **options)
        blocks = list(nnx.view(model, deterministic=True).blocks)

        def unit(x, depth):
            for block in blocks[:depth]:
                x = block(x)
            return x[0, middle, 0]

        zeros = jnp.zeros((1, *shape))
        depths = (*given.depths, given.depth)
        return jnp.stack([(jax.grad(unit)(zeros, depth)[0] ** 2).sum(axis=1) for depth in depths])

    keys = jax.random.split(jax.random.key(given.rng.integers(2**31)), given.replicates)
    run = jit(lambda keys: jax.lax.map(squared, keys), is_wide=True)
    squares = np.asarray(run(keys), float)
    far = np.arange(LENGTH) - middle
    reach = (given.kernel - 1) * given.depth // 2
    moments = (squares[:, :-1] * far**2).sum(axis=-1)
    return squares[:, -1, middle - reach : middle + reach + 1], moments


def _folded(profile: np.ndarray) -> np.ndarray:
    """Sums of both sides, from the middle outwards."""
    middle = len(profile) // 2
    outwards = profile[middle:] + profile[middle::-1]
    outwards[0] /= 2
    return outwards


CLAIM = Claim(
    id="A6",
    statement=say(
        "A convolution takes 2 H W C C′ k² operations; XLA leaves out the taps that fall on the "
        "padding. Each layer widens the receptive field by (k − 1) times the strides before it. "
        "But with random weights the squared gradient spreads in it like a sum of uniform steps: "
        "its width grows with √D only."
    ),
    formula=r"\text{operations} = 2 C C' (kH - \tfrac{k^2 - 1}{4})^2 "
    r"\; (H = W, k \text{ odd}), \quad r = 1 + \sum_l (k_l - 1) \prod_{i < l} s_i, \quad "
    r"\operatorname{E} \sum_j j^2 g_j^2 = D\, \frac{k^2 - 1}{12}",
    kind="identity",
    source=(
        Reference(
            say(
                "Araujo, Norris, Sim, Computing receptive fields of convolutional neural "
                "networks, Distill 2019"
            ),
            say(
                "its first paragraphs on staging.distill.pub; the closed form was not in the "
                "excerpt"
            ),
        ),
        Reference(
            say(
                "Luo, Li, Urtasun, Zemel, Understanding the effective receptive field in deep "
                "convolutional neural networks, NeurIPS 2016 (uniform and random weights)"
            ),
            say(
                "abstract on proceedings.neurips.cc: Gaussian, a fraction of the theoretical field"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "none for counts; XLA's count also holds one addition for each bias; 4 standard errors "
        "of the mean of 500 nets for gradients"
    ),
    fails_when=say(
        "taps fall on the padding: XLA counts less than every tap. Zero weights and the ends of "
        "the input cut the field that a gradient finds; 95 % of the squared gradient lies in a "
        "part of it."
    ),
)
