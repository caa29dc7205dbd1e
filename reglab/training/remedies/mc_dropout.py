"""Monte Carlo dropout: prediction by the mean over networks thinned at random.

Each sample thins the network once, and by that one mask it predicts every example. So T samples
are a fixed ensemble of T networks that share weights: a function of the example alone, with an
error over the whole distribution, whatever the batches it is asked in. At any one example the
samples are distributed as if each example had its own masks.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike

from reglab import nn
from reglab.config import Range, check_number
from reglab.distributions.base import check_key
from reglab.precision import jit
from reglab.training.errors import Errors, errors_of
from reglab.training.remedies.ensembles import probabilities
from reglab.training.run import Run
from reglab.words import listed, say

_SAMPLES = Range(1, 1_000_000)


class DropoutErrors(NamedTuple):
    """The errors of the two ways to predict with a network that was trained with dropout.

    Attributes:
        mc_dropout: of the mean over thinned networks.
        weight_scaling: of the network with all its units.
    """

    mc_dropout: Errors
    weight_scaling: Errors


def mc_dropout(
    run_or_model: Run | nnx.Module,
    x: ArrayLike,
    *,
    num_samples: int = 50,
    key: jax.Array | None = None,
) -> jax.Array:
    """Mean probabilities over ``num_samples`` thinned networks.

    Their spread about the mean over all masks falls as ``1 / sqrt(num_samples)``. Batch norm uses
    its running statistics. The spread is that of the masks at a fixed rate: it does not vanish as
    training examples grow, so it is no posterior.

    Args:
        run_or_model: a run as ``fit`` returns it, of which the last step counts, or a module with
            dropout layers, each at its own rate.
        x: inputs ``(n, *input_shape)``.
        num_samples: T, from 1.
        key: of the masks; a fixed one if left out.

    Returns:
        Probabilities ``(n, num_classes)``, or mean answers ``(n, 1)`` of regression.

    Raises:
        ValueError: neither run nor module, a run that diverged, or a number out of its range.

    References:
        Gal and Ghahramani, *Dropout as a Bayesian approximation*, 2016.

    >>> from reglab.nn import MLP
    >>> model = MLP(2, (8,), 3, dropout_rate=0.5, rngs=nnx.Rngs(0))
    >>> mc_dropout(model, jnp.ones((5, 2)), num_samples=10).shape
    (5, 3)
    """
    return mc_predictor(run_or_model, num_samples=num_samples, key=key)(x)


def mc_predictor(
    run_or_model: Run | nnx.Module, *, num_samples: int = 50, key: jax.Array | None = None
) -> Callable[[ArrayLike], jax.Array]:
    """The function of inputs that :func:`mc_dropout` computes: T thinned networks as one predictor.

    Args and raises as there.
    """
    thinned, keys = _prepared(run_or_model, num_samples, key)
    return lambda x: thinned(_mean_probabilities, keys, jnp.asarray(x))


def dropout_samples(
    run_or_model: Run | nnx.Module,
    x: ArrayLike,
    *,
    num_samples: int = 50,
    key: jax.Array | None = None,
) -> jax.Array:
    """Class scores of every thinned network by itself, ``(num_samples, n, num_classes)``.

    These are the scores whose probabilities :func:`mc_dropout` averages. With one layer dropped in
    front of a linear output ``sum(w_i h_i)`` and the keep probability q, their variance is
    ``(1 - q) / q * sum((w_i h_i) ** 2)`` for inverted dropout and ``q (1 - q) * sum((w_i h_i) **
    2)`` for classic.

    Args and raises as for :func:`mc_dropout`.
    """
    thinned, keys = _prepared(run_or_model, num_samples, key)
    return thinned(_all_scores, keys, jnp.asarray(x))


def mc_dropout_error(
    run: Run, *, num_samples: int = 50, key: jax.Array | None = None
) -> DropoutErrors:
    """The errors of Monte Carlo dropout beside those of weight scaling, at the end of a run.

    Weight scaling predicts with all units, as ``run.hypotheses[-1]`` does. Over more than one
    dropped layer the two differ also with every mask counted.

    Args and raises as for :func:`mc_dropout`.

    >>> from reglab import Experiment, fit
    >>> run = fit(Experiment(num_steps=6).replace(dropout_rate=0.5))
    >>> errors = mc_dropout_error(run, num_samples=2)
    >>> errors.mc_dropout.true_error.method
    'quadrature'
    """
    if not isinstance(run, Run):
        raise ValueError(say("run: expected what fit returns, got {got}", got=type(run).__name__))
    predict = mc_predictor(run, num_samples=num_samples, key=key)
    return DropoutErrors(errors_of(predict, run), errors_of(run.hypotheses[-1], run))


def _prepared(
    run_or_model: Run | nnx.Module, num_samples: int, key: jax.Array | None
) -> tuple["_Thinned", jax.Array]:
    """The network to thin, and a key for each sample."""
    model = run_or_model.model if isinstance(run_or_model, Run) else run_or_model
    if not isinstance(model, nnx.Module):
        raise ValueError(
            say("model: expected a run or an nnx.Module, got {got}", got=type(model).__name__)
        )
    num_samples = check_number("num_samples", num_samples, _SAMPLES, integer=True)
    key = jax.random.key(0) if key is None else check_key(key)
    return _Thinned(model), jax.random.split(key, num_samples)


class _Thinned:
    """A module whose dropout layers draw masks while all else predicts.

    Args:
        model: of the lab or of the user.

    Raises:
        ValueError: a module that can be told to train alone, so that its batch norm would, too.
    """

    def __init__(self, model: nnx.Module):
        self._call = nn.call_of(model)
        words = [name for name in self._call.modes if name not in nn.THINNED]
        if words and jax.tree.leaves(nnx.state(model, nnx.BatchStat, graph=True)):
            raise ValueError(
                say(
                    "model: expected one whose dropout can draw while its batch norm predicts "
                    "(by the modes {modes}), got one that knows {name!r} alone",
                    modes=listed(list(nn.THINNED)),
                    name=words[0],
                )
            )
        self._is_ours = isinstance(model, nn.Classifier)
        self._graph, self._state = nnx.split(nn.in_mode(model, nn.THINNED), graph=True)

    def __call__(self, compute: Callable, keys: jax.Array, x: jax.Array) -> jax.Array:
        """What a compiled function of the network, its call, its state, keys and inputs returns."""
        network = nn.Network(self._graph)
        if not self._is_ours:  # what it computes may have changed since it was compiled
            arguments = self._state, keys[0], x
            trace = functools.partial(_thinned_scores, network, self._call)
            network = nn.Network.traced(self._graph, trace, *arguments)
        return compute(network, self._call, self._state, keys, x)


def _thinned_scores(
    network: nn.Network, call: nn.Call, state: nnx.State, key: jax.Array, x: jax.Array
) -> jax.Array:
    """Scores ``(n, num_classes)`` of one thinned network."""

    def of_example(example: jax.Array) -> jax.Array:
        model: Any = network.merge(state)
        stored = [v for _, v in nnx.to_flat_state(nnx.state(model, nnx.RngState, graph=True))]
        for number, variable in enumerate(stored):
            if isinstance(variable, nnx.RngKey):
                drawn = jax.random.fold_in(key, 2 + number)
                variable.set_value(jnp.broadcast_to(drawn, variable[...].shape))
        rngs = nnx.Rngs(jax.random.fold_in(key, 1), dropout=key)
        return model(example[None], **call.keywords(nn.THINNED, rngs))[0]

    return jax.vmap(of_example)(x)  # the key has no axis of examples, so all share the mask


@jit(is_wide=True, static_argnames=("network", "call"))
def _all_scores(
    network: nn.Network, call: nn.Call, state: nnx.State, keys: jax.Array, x: jax.Array
) -> jax.Array:
    return jax.lax.map(lambda key: _thinned_scores(network, call, state, key, x), keys)


@jit(is_wide=True, static_argnames=("network", "call"))
def _mean_probabilities(
    network: nn.Network, call: nn.Call, state: nnx.State, keys: jax.Array, x: jax.Array
) -> jax.Array:
    def scores(key):
        return _thinned_scores(network, call, state, key, x)

    def add(mean, numbered):
        number, key = numbered
        new = probabilities(scores(key))
        return mean + (new - mean) / number, None  # exact where all are equal, unlike a sum

    numbers = jnp.arange(1, 1 + len(keys), dtype=jnp.float32)
    shape = jax.eval_shape(lambda: probabilities(scores(keys[0])))
    mean, _ = jax.lax.scan(add, jnp.zeros(shape.shape, shape.dtype), (numbers, keys))
    return mean
