"""Where a user's distribution comes in: checked once, by drawing from it, and then adapted."""

import hashlib
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import numpy as np
from jax import Array

from reglab.distributions.base import Distribution
from reglab.distributions.estimate import ErrorEstimate, estimated_error
from reglab.distributions.own import OwnDistribution
from reglab.distributions.protocol import check_members, is_ours
from reglab.precision import full_precision
from reglab.words import say

D = TypeVar("D")
NUM_EXAMPLES, NUM_POINTS = 16, 256  # that are drawn to see what comes
_drawn: dict[int, tuple[weakref.ref, tuple, str]] = {}  # what was drawn from, and its digest


def check(distribution: D) -> D:
    """Returns ``distribution`` if it is one, of whatever class it is; reglab's own always are.

    It must have ``input_shape``, ``num_classes``, and the methods ``sample``, ``evaluation``,
    ``bayes_error`` and ``true_error`` of :class:`Distribution`; :func:`true_error_from` makes the
    last one out of the others. An object of a class of the user's is drawn from, once:

    - ``sample(key, n)`` returns ``x`` ``(n, *input_shape)``, finite numbers, and ``y`` ``(n,)``,
      whole numbers (or bools) from 0 to ``num_classes - 1``;
    - ``evaluation(key, num_points)`` returns ``x``, any number of points, from 16 for a quadrature,
      and ``mass`` ``(n, num_classes)`` from 0 up that sums to 1, the same at each point where
      ``method`` is ``monte-carlo`` or ``held-out``;
    - the same key draws the same again, and where ``method`` is ``enumeration`` every key gives
      the same points, all of them;
    - ``bayes_error()`` returns None or an :class:`ErrorEstimate`.

    It may have any other attribute of a :class:`Distribution`: ``method`` (``quadrature`` where
    there is none), ``loss``, ``image_shape``, ``input_kind``, ``plot_region``, ``ranges``,
    ``num_train``, ``clean_labels``, ``with_label_noise``, ``members``, ``density``,
    ``posterior``, ``with_numbers``. For ``squared`` errors ``num_classes`` is 1, ``y`` are finite
    numbers, ``mass`` is the mean of y at each point, of variance 1, and ``noise`` its standard
    deviation there. Whatever is drawn later on is checked as well. Examples need not be the first
    of more examples: runs share a sample only where their ``max_train`` is the same.

    Raises:
        ValueError: one line that says what was expected, what came, and what to do.

    >>> check(object())
    Traceback (most recent call last):
    ValueError: distribution: expected input_shape, num_classes, sample, evaluation, bayes_error, \
true_error, but object lacks all of them
    """
    check_members(distribution)
    if not is_ours(distribution):
        _digest(distribution)
    return distribution


def adapted(distribution: object) -> Any:
    """A distribution that has every attribute: what all behind the boundary works with.

    Those of reglab, and subclasses of :class:`Distribution`, come back as they are. Any other
    object is checked, see :func:`check`, and wrapped in an :class:`OwnDistribution`.

    Raises:
        ValueError: what :func:`check` refuses.
    """
    check_members(distribution)
    if is_ours(distribution):
        return distribution
    digest = _digest(distribution)
    is_heir = isinstance(distribution, Distribution)
    return distribution if is_heir else _wrapped(distribution, digest)


def is_users(distribution: object) -> bool:
    """Whether an adapted distribution is an object of the user's, of whatever class it is."""
    return isinstance(distribution, OwnDistribution) or not is_ours(distribution)


def guarded(distribution: object) -> Any:
    """The same distribution, of which each draw is checked if its class is the user's."""
    return distribution if is_ours(distribution) else _wrapped(distribution)


@full_precision
def true_error_from(
    distribution: object,
    predict: Callable[[Array], Any],
    half_width: float = 0.002,
    key: Array | None = None,
) -> ErrorEstimate:
    """The error of ``predict`` over the whole distribution, from the distribution's own parts.

    Asks for ``num_classes`` and ``evaluation``, and reads ``method`` (``quadrature`` where there
    is none). ``enumeration`` is exact. ``monte-carlo`` takes fresh draws of ``sample`` and an exact
    binomial interval, ``held-out`` all test examples and that interval. Anything else is a
    quadrature: eight sets of 16,384 points, each shifted anew, and of twice as many until
    ``half_width`` is reached (or 524,288 are). Its interval is the wider of two: from the spread of
    the eight sets, and from two resolutions (see ``estimate``) in case that the sets do not depend
    on their keys.

    Args:
        distribution: a registered one or one's own, see :func:`check`; all it draws is checked.
        predict: maps ``(n, *input_shape)`` to class scores ``(n, num_classes)``; the highest
            score is the answer, ties go to the lowest class. Where one is nan or infinite, there
            is no answer, which is a mistake.
        half_width: of the interval, above 0; ignored by ``enumeration``.
        key: of the shifts or draws; left out, a fixed one, so that equal calls agree.

    Raises:
        ValueError: scores of another shape or nowhere finite, or draws that :func:`check` refuses.
    """
    return estimated_error(guarded(distribution), predict, half_width, key)


def _wrapped(distribution: object, digest: str = "") -> OwnDistribution:
    return OwnDistribution(distribution, digest)


def _digest(own: object) -> str:
    """What an object draws, as a few letters; drawn anew where what it says of itself changed."""
    source = _wrapped(own)
    said = _stated(source)
    kept = _drawn.get(id(own))
    if kept is not None and kept[0]() is own and kept[1] == said:
        return kept[2]
    digest = _tried(source)
    try:
        here = id(own)
        _drawn[here] = weakref.ref(own, lambda _: _drawn.pop(here, None)), said, digest
    except TypeError:  # it takes no weak references, and is drawn from each time
        pass
    return digest


def _stated(source: OwnDistribution) -> tuple:
    """Every attribute, each of them checked."""
    shapes = source.input_shape, source.image_shape, source.input_kind, source.plot_region
    numbers = source.num_classes, source.num_train, source.noise if source.loss == "squared" else 0
    return *shapes, *numbers, source.loss, source.method, tuple(source.ranges)


def _tried(source: OwnDistribution) -> str:
    """Draws from an object; returns the digest of what came."""
    key = jax.random.key(0)
    n = min(NUM_EXAMPLES, source.num_train or NUM_EXAMPLES)
    parts = {
        "sample": lambda: source.sample(key, n),
        "evaluation": lambda: source.evaluation(key, NUM_POINTS),
    }
    sha = hashlib.sha256(repr(source.class_name).encode())
    for name, draw in parts.items():
        first, again = ([np.asarray(part) for part in draw()] for _ in range(2))
        if not all(np.array_equal(*two) for two in zip(first, again, strict=True)):
            raise ValueError(
                say(
                    "{name}: expected the same draws for the same key, got others; draw from "
                    "the key alone",
                    name=name,
                )
            )
        for part in first:
            sha.update(part.tobytes())
    if source.method == "enumeration":
        _try_population(source)
    source.bayes_error()
    if source.loss == "zero-one":
        source.clean_labels(key, n)
    source.members(key, n)
    _try_posterior(source, key, n)
    return sha.hexdigest()[:8]


def _try_population(source: OwnDistribution) -> None:
    """Asks for the whole of a finite population twice, of which errors are said to be exact."""
    some = source.evaluation(jax.random.key(0), NUM_POINTS)
    others = source.evaluation(jax.random.key(1), 2 * NUM_POINTS)
    if not all(np.array_equal(*two) for two in zip(some, others, strict=True)):
        raise ValueError(
            say(
                "evaluation: expected all members of a finite population (enumeration) "
                "whatever the key and num_points, got others; of draws say method = "
                "'monte-carlo'"
            )
        )


def _try_posterior(source: OwnDistribution, key: Array, n: int) -> None:
    """Asks for the posterior of points of a plane, where the object gives one."""
    if source.input_shape == (2,) and source.gives_posterior:
        source.posterior(source.sample(key, n).x)
