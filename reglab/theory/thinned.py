"""Networks thinned by dropout, every one of them, and their training, for the claims about it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from reglab.config import Hyper
from reglab.nn import MLP, Draws
from reglab.nn.fold_dense import weights
from reglab.precision import jit
from reglab.training import OPTIMIZERS, inference
from reglab.training.losses import penalty

KEPT = 1 - 2.0**-24  # a uniform number that keeps a unit at every rate; 0 drops it
Loss = Callable[[jax.Array, jax.Array], jax.Array]


class Net(NamedTuple):
    """An MLP in parts: what is compiled in, its parameters, and its dropout rates."""

    graph: Any
    params: nnx.State
    other: Any

    @property
    def model(self) -> MLP:
        """The module, with copies of the variables."""
        return nnx.merge(self.graph, self.params, self.other, copy=True)

    def at_rate(self, rate: float | jax.Array) -> "Net":
        """The network at another dropout rate."""
        other = jax.tree.map(lambda leaf: jnp.full_like(leaf, rate), self.other)
        return self._replace(other=other)

    @property
    def parts(self) -> list[np.ndarray]:
        """Kernel and bias of each layer, the first one first."""
        pairs = (weights(layer) for layer in self.model.linears)
        return [np.asarray(part) for pair in pairs for part in pair]


def net(
    draw: Callable[[tuple[int, ...]], np.ndarray],
    sizes: Sequence[int],
    keep: float | jax.Array,
    **settings,
):
    """An MLP in float64 under ``jax.enable_x64``, else in float32.

    Args:
        draw: makes the parameters out of their shapes, one after the other.
        sizes: units of each layer, from the inputs to the scores.
        keep: probability to keep a hidden unit.
        settings: of ``MLP``.
    """
    dtype = jnp.result_type(float)

    def make() -> MLP:
        first, *widths, last = sizes
        return MLP(first, widths, last, param_dtype=dtype, rngs=nnx.Rngs(0), **settings)

    graph, params, other = nnx.split(nnx.eval_shape(make), nnx.Param, ...)
    params = jax.tree.map(lambda leaf: jnp.asarray(draw(leaf.shape), dtype), params)
    other = jax.tree.map(lambda leaf: jnp.full(leaf.shape, 1 - keep, leaf.dtype), other)
    return Net(graph, params, other)


def scaled_normal(rng: np.random.Generator, bias: float = 0.0) -> Callable:
    """Draws kernels of variance 2 / inputs and biases of this standard deviation."""
    return lambda shape: (
        rng.standard_normal(shape) * (np.sqrt(2 / shape[0]) if len(shape) > 1 else bias)
    )


# -- all thinned networks -------------------------------------------------------------------------


def all_masks(k: int) -> np.ndarray:
    """The ``2**k`` masks of k units, ``(2**k, k)``, of 0 (dropped) and 1 (kept).

    >>> all_masks(2).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    return (np.arange(2**k)[:, None] >> np.arange(k)[::-1] & 1).astype(float)


def chances(masks: np.ndarray, keep: float) -> np.ndarray:
    """The probability of each mask, where units are kept independently.

    >>> chances(all_masks(1), 0.75).tolist()
    [0.25, 0.75]
    """
    return np.prod(np.where(masks > 0, keep, 1 - keep), axis=1)


def numbers(masks: np.ndarray) -> np.ndarray:
    """The uniform numbers, for :class:`reglab.nn.Draws`, that make these masks."""
    return (KEPT * masks).astype(np.float32)


def thinned_scores(net: Net, x: np.ndarray | jax.Array, masks: np.ndarray) -> np.ndarray:
    """Scores ``(num_masks, n, out)`` of the networks that masks over all hidden units leave.

    Args:
        net: with dropout behind each hidden layer.
        x: ``(n, in)``.
        masks: ``(num_masks, units)``, hidden layers one after the other.
    """
    return np.asarray(_thinned(net.graph, net.params, net.other, x, numbers(masks)))


def scores(net: Net, x: np.ndarray | jax.Array) -> np.ndarray:
    """Scores ``(n, out)`` of the network with all its units, in its own mode of prediction."""
    return np.asarray(_scores(net.graph, net.params, net.other, x))


@jit(is_wide=True, static_argnames="graph")
def _thinned(graph, params, other, x, uniform):
    def scores(example, own):
        model = nnx.view(Net(graph, params, other).model, deterministic=False)
        return model(example[None], rngs=Draws(own))[0]

    return jax.vmap(lambda own: jax.vmap(lambda example: scores(example, own))(x))(uniform)


@jit(is_wide=True, static_argnames="graph")
def _scores(graph, params, other, x):
    return inference(Net(graph, params, other).model)(x)


# -- training -------------------------------------------------------------------------------------


def is_outgoing(path: tuple, leaf: Any) -> bool:
    """Whether a parameter is the kernel of the last of two linear layers."""
    return leaf.ndim > 1 and path[1].key == 1


def trained(net: Net, data, batches, draws, hyper: Hyper, outgoing: Hyper, *, optimizer, loss):
    """Trains a network of one hidden layer, with numbers of its own for the outgoing kernel.

    Args:
        net: at the start.
        data: inputs and targets.
        batches: ``(steps, batch)``, indices of examples.
        draws: ``(steps, batch * units)`` uniform numbers for the masks, or keys ``(steps,)``.
        hyper: of all parameters but the kernel behind the dropped units.
        outgoing: of that kernel.
        optimizer: one of ``OPTIMIZERS``.
        loss: of scores and targets of a batch.

    Returns:
        The network at the end, and the loss of each step, without penalty.
    """
    params, losses = _trained(
        net.params, net.other, data, batches, draws, hyper, outgoing, net.graph, optimizer, loss
    )
    return net._replace(params=params), np.asarray(losses)


def trained_each(nets: Sequence[Net], data, batches, seeds, hyper: Hyper, *, optimizer, loss):
    """Trains several networks of one kind, each by itself, on the same data.

    Args:
        nets: at the start.
        data: inputs and targets.
        batches: ``(nets, steps, batch)``, indices of examples.
        seeds: of the masks, ``(nets, steps)`` uint32.
        hyper: of all parameters.
        optimizer: one of ``OPTIMIZERS``.
        loss: of scores and targets of a batch.

    Returns:
        The networks at the end, a list.
    """
    starts = jax.tree.map(lambda *leaves: jnp.stack(leaves), *((n.params, n.other) for n in nets))
    ends = _each((starts, batches, seeds), data, hyper, nets[0].graph, optimizer, loss)
    own = (jax.tree.map(lambda leaf, i=i: leaf[i], ends) for i in range(len(nets)))
    return [each._replace(params=params) for each, params in zip(nets, own, strict=True)]


@jit(is_wide=True, static_argnums=(3, 4, 5))
def _each(parts, data, hyper, graph, optimizer, loss):
    def train(own):
        (start, other), batches, seeds = own
        numbers = data, batches, jax.vmap(jax.random.key)(seeds), hyper, hyper
        return _trained(start, other, *numbers, graph, optimizer, loss)[0]

    return jax.lax.map(train, parts)  # products of stacked matrices are slow


@jit(is_wide=True, static_argnums=(7, 8, 9))
def _trained(start, other, data, batches, draws, hyper, outgoing, graph, optimizer, loss):
    tx, (x, y) = _transform(optimizer, hyper, outgoing), data

    def objective(params, index, own):
        model = nnx.view(Net(graph, params, other).model, deterministic=False)
        rngs = Draws(own) if own.dtype == jnp.float32 else nnx.Rngs(dropout=own)
        value = loss(model(x[index], rngs=rngs), y[index])
        return value + _penalty(params, hyper, outgoing), value

    def step(carry, now):
        params, opt_state = carry
        gradient, value = jax.grad(objective, has_aux=True)(params, *now)
        updates, opt_state = tx.update(gradient, opt_state, params)
        return (optax.apply_updates(params, updates), opt_state), value

    (params, _), values = jax.lax.scan(step, (start, tx.init(start)), (batches, draws))
    return params, values


def _transform(optimizer: str, hyper: Hyper, outgoing: Hyper) -> optax.GradientTransformation:
    make = OPTIMIZERS[optimizer]
    return optax.partition(
        {True: make(outgoing), False: make(hyper)},
        lambda params: jax.tree_util.tree_map_with_path(is_outgoing, params),
    )


def _penalty(params: nnx.State, hyper: Hyper, outgoing: Hyper) -> jax.Array:
    leaves = jax.tree_util.tree_leaves_with_path(params)
    split = {True: [], False: []}
    for path, leaf in leaves:
        split[is_outgoing(path, leaf)].append(leaf)
    return penalty(split[True], outgoing) + penalty(split[False], hyper)
