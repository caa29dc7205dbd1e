"""The errors of h and h′ where the distribution has moved: the same hypotheses, another D."""

import time
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab import distributions
from reglab.distributions import AnyDistribution
from reglab.live.pictures.base import Hypothesis
from reglab.mitchell import over_of
from reglab.mitchell.words import ErrorInterval, percent
from reglab.nn import Network
from reglab.precision import jit
from reglab.training import in_blocks
from reglab.training.run import RunOnData
from reglab.words import Message, reason, say

POINTS = 16_384
BUSY = 0.015  # seconds of a frame that may be spent on this while training
LEVEL = 0.05  # of the intervals over draws


class Shift(NamedTuple):
    """How far, and in which way, D is moved; see :func:`reglab.distributions.shifted`."""

    kind: str
    strength: float


class ShiftedErrors:
    """Measures hypotheses over a shifted distribution; keeps its points from frame to frame.

    Attributes:
        shift: the shift in force, or None.
    """

    def __init__(self):
        self.shift: Shift | None = None
        self._kept: tuple[Any, Any] = None, None
        self._seconds = 0.0
        self._sentence = ""

    def sentence(
        self, run: RunOnData, h: Hypothesis | None, witness: Hypothesis | None, *, is_busy: bool
    ) -> str:
        """Both errors in words; empty where nothing is moved or there is no h.

        Args:
            run: whose distribution is moved.
            h: the hypothesis as ``(network, state)``, or None.
            witness: its witness, or None.
            is_busy: while training, a slow evaluation leaves the last sentence as it is.
        """
        if self.shift is None or h is None:
            return ""
        key = (run.distribution_key, h[0], self.shift)
        if self._kept[0] != key:
            try:
                self._kept = key, _points(run.distribution, self.shift)
            except ValueError as error:  # these inputs cannot be moved in this way
                return reason(error)
            _error(self._kept[1], *h)  # compiles, which tells nothing of the next time
        elif is_busy and self._seconds > BUSY:
            return self._sentence
        started = time.monotonic()
        errors = [
            _error(self._kept[1], *hypothesis)
            for hypothesis in (h, witness)
            if hypothesis is not None
        ]
        self._seconds = time.monotonic() - started
        over, error = over_of(run.distribution), percent(errors[0])
        values = {"over": over, "move": _move(self.shift), "h": error}
        if witness is None:
            self._sentence = say("Over {over} after {move}, h errs {h}.", **values)
        else:
            self._sentence = say(
                "Over {over} after {move}, h errs {h} and its witness h′ {witness}.",
                witness=percent(errors[-1]),
                **values,
            )
        return self._sentence


def _move(shift: Shift) -> Message:
    """How far, and in which way, D is moved, in words."""
    strength = f"{shift.strength:g}"
    moves = {
        "rotation": say("rotation {strength}", strength=strength),
        "translation": say("translation {strength}", strength=strength),
        "class_prior": say("a tilt of the classes by {strength}", strength=strength),
        "noise": say("noise {strength}", strength=strength),
        "contrast": say("a loss of contrast by {strength}", strength=strength),
    }
    return moves[shift.kind]


def _points(distribution: AnyDistribution, shift: Shift) -> tuple[Any, Any, Any, int | None, bool]:
    moved = distributions.shifted(distribution, *shift)
    x, mass = moved.evaluation(jax.random.key(0), POINTS)
    is_sampled = moved.method in distributions.SAMPLED
    bounds = jnp.asarray(distributions.binomial_bounds(len(x), LEVEL)) if is_sampled else None
    return x, mass, bounds, moved.net_coordinates, moved.method == "enumeration"


def _error(points: tuple, network: Network, state: nnx.State) -> ErrorInterval:
    interval = _errors(network, state, *points)
    return ErrorInterval(*(float(value) for value in np.asarray(interval)))


@jit(static_argnames=("network", "net", "is_exact"))
def _errors(
    network: Network,
    state: nnx.State,
    x: jax.Array,
    mass: jax.Array,
    bounds: jax.Array | None,
    net: int | None,
    is_exact: bool,
) -> jax.Array:
    answers = distributions.answers_of(in_blocks(network.merge(state), x))
    if bounds is not None:
        return jnp.stack(distributions.sampled_error(answers, mass, bounds))
    return jnp.stack(
        distributions.weighted_error(answers, mass, exact=is_exact, net_coordinates=net)
    )
