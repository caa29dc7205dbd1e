"""Mitchell's definition as a function: which hypotheses of a pool overfit, and who says so."""

from enum import IntEnum
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.typing import ArrayLike

from reglab.mitchell.arrays import array_module, is_traced, placed, running_min
from reglab.mitchell.search import best_below
from reglab.precision import jit
from reglab.words import say

MARGIN = 0.001  # h is optimal if no hypothesis can be better by more than this


class Verdict(IntEnum):
    """What is known of one hypothesis; see :func:`judge`."""

    OVERFITS = 0
    OPTIMAL = 1
    NO_WITNESS = 2
    UNDECIDED = 3


class Verdicts(NamedTuple):
    """Verdicts on a pool of m hypotheses.

    Attributes:
        verdict: ``(m,)`` int32, codes of :class:`Verdict`.
        witness: ``(m,)`` int32, index of the witness, -1 unless the verdict is OVERFITS.
        severity: ``(m,)``, true error of the hypothesis minus that of its witness, a share from
            0 to 1; 0 unless the verdict is OVERFITS.
    """

    verdict: Any
    witness: Any
    severity: Any


def judge(
    train_error: ArrayLike,
    true_error: ArrayLike,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    bayes: float | jax.Array | None = None,
) -> Verdicts:
    """Judges every hypothesis of a pool by Mitchell's definition of overfitting.

    In this order, a hypothesis h is

    - OVERFITS: some h' has a strictly larger training error and ``high[h'] < low[h]``. The
      witness is the h' of smallest ``true_error`` among them, ties to the lowest index;
    - OPTIMAL: ``high[h] - bayes <= 0.001``, so none can be better by more than 0.1 points;
    - NO_WITNESS: every h' with a larger training error has ``low[h'] >= high[h]``. That speaks
      of the pool alone and does not prove that h does not overfit;
    - UNDECIDED: otherwise, and a more precise true error would decide.

    Runs in NumPy on NumPy arrays and lists, and in JAX on JAX arrays (compiled once for each m),
    also under ``jax.jit`` and ``jax.vmap``. O(m log m).

    Args:
        train_error: ``(m,)``, errors on the training examples. They are compared exactly, so
            equal counts of wrong examples must be equal numbers.
        true_error: ``(m,)``, errors over the whole distribution.
        low: ``(m,)``, lower bounds of ``true_error`` that hold for all m at once; ``true_error``
            itself where left out.
        high: ``(m,)``, upper bounds, likewise.
        bayes: the Bayes error, or a lower bound where it is only estimated; where left out,
            nothing is called OPTIMAL.

    Raises:
        ValueError: lengths differ, no hypothesis, not a number, or a true error outside of its
            bounds. Under ``jax.jit`` only shapes are checked.

    References:
        T. M. Mitchell, Machine Learning, McGraw-Hill 1997, section 3.7.

    >>> verdicts = judge([0.0, 0.2, 0.3], [0.25, 0.16, 0.2], bayes=0.16)
    >>> [Verdict(code).name for code in verdicts.verdict]
    ['OVERFITS', 'OPTIMAL', 'NO_WITNESS']
    >>> verdicts.witness.tolist(), verdicts.severity.round(2).tolist()
    ([1, -1, -1], [0.09, 0.0, 0.0])
    """
    is_exact = low is None and high is None
    low, high = (true_error if bound is None else bound for bound in (low, high))
    xp = array_module(train_error, true_error, low, high, bayes)
    train, true, low, high = _checked(xp, train_error, true_error, low, high)
    _check_bayes(bayes)
    judged = _judged if xp is np else _compiled
    return judged(xp, train, true, low, high, bayes, is_exact=is_exact)


def _judged(xp, train, true, low, high, bayes, *, is_exact):
    order = xp.argsort(-train, stable=False)
    count = _num_larger(xp, train[order])
    by_true = xp.argsort(true, stable=True)
    rank = placed(xp, by_true, xp.arange(len(true), dtype=np.int32))[order]
    own_low, own_high = low[order], high[order]

    # Over the hypotheses of larger training error: who has the smallest true error, and bounds.
    is_alone, last = count == 0, count - 1
    overfits = xp.where(is_alone, np.inf, running_min(xp, own_high)[last]) < own_low
    none_better = is_alone | (running_min(xp, own_low)[last] >= own_high)
    best = running_min(xp, rank)[last]
    if not is_exact:
        missed = overfits & (high[by_true[best]] >= own_low)
        best = _corrected(xp, best, missed, (rank, own_high, count, own_low))

    witness = xp.where(overfits, by_true[best], -1).astype(np.int32)
    severity = xp.where(overfits, true[order] - true[witness], 0.0)
    is_optimal = False if bayes is None else own_high - bayes <= MARGIN
    verdict = _first_true(xp, overfits, is_optimal, none_better)
    return Verdicts(*(placed(xp, order, values) for values in (verdict, witness, severity)))


_compiled = jit(_judged, is_wide=True, static_argnames=("xp", "is_exact"))


def _num_larger(xp, errors):
    """How many errors are strictly larger, for errors in descending order."""
    place = xp.arange(len(errors), dtype=np.int32)
    is_new = xp.concatenate([xp.ones(1, bool), errors[1:] != errors[:-1]])
    return -running_min(xp, xp.where(is_new, -place, 0))


def _first_true(xp, overfits, is_optimal, none_better):
    """Codes of the first rule that holds."""
    code = int(Verdict.UNDECIDED) + xp.zeros(overfits.shape, np.int32)
    code = xp.where(none_better, int(Verdict.NO_WITNESS), code)
    code = xp.where(is_optimal, int(Verdict.OPTIMAL), code)
    return xp.where(overfits, int(Verdict.OVERFITS), code)


def _corrected(xp, best, missed, columns):
    """Searches the witness where the smallest true error of all has too wide an interval."""
    rank, high, count, low = columns
    if xp is np:
        queries = np.flatnonzero(missed)
        if len(queries):
            best[queries] = best_below(np, rank, high, count[queries], low[queries])
        return best

    def searched():
        return xp.where(missed, best_below(xp, *columns).astype(best.dtype), best)

    return jax.lax.cond(missed.any(), searched, lambda: best)


def _checked(xp, *columns):
    """The four columns as floating arrays of the module, or a ``ValueError``."""
    kind = np.float64 if xp is np else float
    arrays = [xp.asarray(column, dtype=kind) for column in columns]
    shape = arrays[1].shape
    if len(shape) != 1 or not shape[0] or any(array.shape != shape for array in arrays):
        got = ", ".join(str(array.shape) for array in arrays)
        raise ValueError(
            say(
                "judge: expected train_error, true_error, low and high of one length, at "
                "least 1, got shapes {got}",
                got=got,
            )
        )
    if not is_traced(*arrays):
        _check_numbers(*(np.asarray(array) for array in arrays))
    return arrays


def _check_numbers(train_error, true_error, low, high):
    is_within = (low <= true_error) & (true_error <= high)
    if is_within.all() and not np.isnan(train_error).any():
        return
    columns = {"train_error": train_error, "true_error": true_error, "low": low, "high": high}
    for name, column in columns.items():
        if np.isnan(column).any():
            i = int(np.isnan(column).argmax())
            raise ValueError(say("{name}: expected numbers, got nan at index {i}", name=name, i=i))
    i = int(is_within.argmin())
    raise ValueError(
        say(
            "judge: expected low <= true_error <= high, got {low:g}, {true_error:g}, {high:g} "
            "at index {i}",
            low=low[i],
            true_error=true_error[i],
            high=high[i],
            i=i,
        )
    )


def _check_bayes(bayes):
    if bayes is None or is_traced(bayes):
        return
    if np.ndim(bayes) or not np.isreal(bayes) or not np.isfinite(bayes):
        raise ValueError(say("bayes: expected a number, got {got!r}", got=bayes))
