"""When to stop training: rules that read curves of losses, in NumPy alone.

Row 0 of a curve is the loss before the first step, and row t the loss after t epochs of equal
length, so a strip of k epochs that ends at row t holds the rows t - k + 1 to t. Strips end at the
rows k, 2k, and so on. Every rule reads no row beyond the one at which it stops. A loss that is no
number counts as infinite, and no row of such a loss is ever returned.

References:
    Prechelt, *Early stopping - but when?*, in Neural Networks: Tricks of the Trade, 1998; 2012.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglab.config import Range, check_number
from reglab.words import say

_COUNT = Range(1, 1_000_000_000)
_STRIP = Range(2, 1_000_000_000)  # one row alone makes no progress
_THRESHOLD = Range(0, 1e12)


class Stop(NamedTuple):
    """Where a rule ends a run, and what it hands back.

    Attributes:
        stopped: the row at which training stops; the last one where the rule never asks for it.
        returned: the row of the least validation loss up to there, the first of several.
        is_early: whether the rule asked to stop.
    """

    stopped: int
    returned: int
    is_early: bool


def patience(
    validation_loss: ArrayLike, train_loss: ArrayLike | None = None, *, num_rows: int = 20
) -> Stop:
    """Stops after ``num_rows`` rows without a new least validation loss; a tie is none.

    Args:
        validation_loss: ``(m,)``, one entry a row, from 0 up.
        train_loss: not read.
        num_rows: from 1.

    Raises:
        ValueError: curves that are none, or a number out of its range.

    >>> patience([3.0, 2.0, 2.5, 2.2, 1.0], num_rows=2)
    Stop(stopped=3, returned=1, is_early=True)
    """
    num_rows = check_number("num_rows", num_rows, _COUNT, integer=True)
    loss, _ = _curves(validation_loss, train_loss)
    rows = np.arange(len(loss))
    least_before = np.minimum.accumulate(np.concatenate([[np.inf], loss[:-1]]))
    best = np.maximum.accumulate(np.where(loss < least_before, rows, 0))
    return _stop(loss, np.flatnonzero(rows - best >= num_rows))


def generalization_loss(validation_loss: ArrayLike) -> np.ndarray:
    """By how many percent each validation loss is above the least so far, ``GL(t)``.

    ``GL(t) = 100 (E_va(t) / E_opt(t) - 1)`` with ``E_opt(t)`` the least of ``E_va`` up to t.

    >>> generalization_loss([2.0, 1.0, 1.5]).tolist()
    [0.0, 0.0, 50.0]
    """
    loss, _ = _curves(validation_loss, None)
    return 100 * _excess(loss, np.minimum.accumulate(loss))


def training_progress(train_loss: ArrayLike, *, strip: int = 5) -> np.ndarray:
    """By how many thousandths the mean training loss of a strip is above its least, ``P_k(t)``.

    ``P_k(t) = 1000 (sum of E_tr over the strip / (k min of E_tr over the strip) - 1)``: large
    where the training loss falls or swings, 0 where it stands still.

    Returns:
        One entry for each strip that is complete: those that end at the rows k, 2k, ...

    >>> training_progress([9.0, 3.0, 1.0], strip=2).tolist()
    [1000.0]
    """
    strip = check_number("strip", strip, _STRIP, integer=True)
    loss, _ = _curves(train_loss, None)
    count = (len(loss) - 1) // strip
    strips = loss[1 : 1 + count * strip].reshape(count, strip)
    # The mean of equal numbers may round to below them.
    return 1000 * np.maximum(_excess(strips.mean(axis=1), strips.min(axis=1)), 0)


def loss_above_best(
    validation_loss: ArrayLike, train_loss: ArrayLike | None = None, *, alpha: float = 5.0
) -> Stop:
    """Prechelt's ``GL_alpha``: stops at the first row with ``GL(t) > alpha``.

    Args:
        validation_loss: ``(m,)``, one entry a row, from 0 up.
        train_loss: not read.
        alpha: percent, from 0.

    Raises:
        ValueError: curves that are none, or a number out of its range.

    >>> loss_above_best([2.0, 1.0, 1.04, 1.06, 0.5])
    Stop(stopped=3, returned=1, is_early=True)
    """
    alpha = check_number("alpha", alpha, _THRESHOLD)
    loss, _ = _curves(validation_loss, train_loss)
    return _stop(loss, np.flatnonzero(generalization_loss(loss) > alpha))


def loss_above_progress(
    validation_loss: ArrayLike, train_loss: ArrayLike, *, alpha: float = 0.75, strip: int = 5
) -> Stop:
    """Prechelt's ``PQ_alpha``: stops at the first end of a strip with ``GL(t) / P_k(t) > alpha``.

    While training still makes progress a larger generalization loss is let pass. Where there is no
    progress at all, any generalization loss above 0 stops. Prechelt also ended runs whose progress
    fell below 0.1; here a run ends with its last row.

    Args:
        validation_loss: ``(m,)``, one entry a row, from 0 up.
        train_loss: ``(m,)``, of the same rows, from 0 up.
        alpha: percent for each thousandth of progress, above 0.
        strip: rows a strip, from 2.

    Raises:
        ValueError: curves that are none, or a number out of its range.

    >>> loss_above_progress([1.0, 0.5, 0.6, 0.7], [1.0, 0.5, 0.5, 0.49], strip=2)
    Stop(stopped=2, returned=1, is_early=True)
    """
    alpha = check_number("alpha", alpha, _THRESHOLD._replace(open_low=True))
    if train_loss is None:
        raise ValueError(say("train_loss: expected one entry a row, got None"))
    loss, train = _curves(validation_loss, train_loss)
    progress = training_progress(train, strip=strip)
    ends = int(strip) * np.arange(1, 1 + len(progress))
    lost = generalization_loss(loss)[ends]
    # No quotient: both may be 0, and an infinite loss is no better for being made progress on.
    return _stop(loss, ends[(lost > alpha * progress) | (lost == np.inf)])


def loss_went_up(
    validation_loss: ArrayLike,
    train_loss: ArrayLike | None = None,
    *,
    num_strips: int = 3,
    strip: int = 5,
) -> Stop:
    """Prechelt's ``UP_s``: stops when the validation loss went up in s successive strips.

    That is the first end of a strip t with ``E_va(t) > E_va(t - k)``, ``E_va(t - k) >
    E_va(t - 2k)`` and so on, s times. How far it went up does not matter.

    Args:
        validation_loss: ``(m,)``, one entry a row, from 0 up.
        train_loss: not read.
        num_strips: s, from 1.
        strip: rows a strip, k, from 1.

    Raises:
        ValueError: curves that are none, or a number out of its range.

    >>> loss_went_up([3.0, 1.0, 2.0, 2.0, 3.0, 4.0], num_strips=2, strip=1)
    Stop(stopped=5, returned=1, is_early=True)
    """
    num_strips = check_number("num_strips", num_strips, _COUNT, integer=True)
    strip = check_number("strip", strip, _COUNT, integer=True)
    loss, _ = _curves(validation_loss, train_loss)
    ends = np.arange(strip, len(loss), strip)
    went_up = loss[ends] > loss[ends - strip]
    since = np.maximum.accumulate(np.where(went_up, 0, np.arange(1, 1 + len(ends))))
    in_a_row = np.arange(1, 1 + len(ends)) - since
    return _stop(loss, ends[in_a_row >= num_strips])


RULES: dict[str, Callable[..., Stop]] = {
    "patience": patience,
    "GL": loss_above_best,
    "PQ": loss_above_progress,
    "UP": loss_went_up,
}


def _curves(
    validation_loss: ArrayLike, train_loss: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Both curves in float64, checked; the first twice where there is no second."""
    curves = {"validation_loss": validation_loss, "train_loss": train_loss}
    if train_loss is None:
        curves["train_loss"] = validation_loss
    checked = []
    for name, curve in curves.items():
        curve = np.asarray(curve, np.float64)
        if curve.ndim != 1 or not curve.size:
            raise ValueError(
                say(
                    "{name}: expected one entry a row, got an array of {shape}",
                    name=name,
                    shape=curve.shape,
                )
            )
        if (curve < 0).any():
            raise ValueError(
                say(
                    "{name}: expected losses from 0 up, got {got:g}",
                    name=name,
                    got=curve[curve < 0][0],
                )
            )
        checked.append(np.where(np.isnan(curve), np.inf, curve))
    if len(checked[0]) != len(checked[1]):
        raise ValueError(
            say(
                "train_loss: expected {num_rows} rows as in validation_loss, got {got}",
                num_rows=len(checked[0]),
                got=len(checked[1]),
            )
        )
    return checked[0], checked[1]


def _excess(value: np.ndarray, least: np.ndarray) -> np.ndarray:
    """``value / least - 1``, and 0 where both are 0 or infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(value == least, 0.0, value / least - 1)


def _stop(loss: np.ndarray, asked: np.ndarray) -> Stop:
    """The first of the rows at which a rule asked to stop, or the end of the run."""
    stopped = int(asked[0]) if len(asked) else len(loss) - 1
    returned = int(loss[: stopped + 1].argmin())
    if not np.isfinite(loss[returned]):
        raise ValueError(
            say(
                "validation_loss: expected a finite loss in one of the rows 0 to {stopped}, "
                "got none",
                stopped=stopped,
            )
        )
    return Stop(stopped, returned, bool(len(asked)))
