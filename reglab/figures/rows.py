"""One hypothesis out of a view, by its address."""

from typing import NamedTuple

from reglab.views import CurvesView, PlaneView


class Row(NamedTuple):
    """A hypothesis: its run, its step and its errors, shares from 0 to 1."""

    run: int
    step: int
    train: float
    true: float
    low: float
    high: float


def row_of(view: PlaneView, address: tuple[int, int] | None) -> Row | None:
    """The hypothesis at an address, or None where there is none yet."""
    if address is None or not 0 <= address[1] < len(view.runs[address[0]].step):
        return None
    run, row = address
    curves = view.runs[run]
    columns = curves.train_error, curves.true_error, curves.true_low, curves.true_high
    return Row(run, int(curves.step[row]), *(float(column[row]) for column in columns))


def newest(view: PlaneView, run: int) -> Row | None:
    """The newest hypothesis of a run, or None before its first."""
    return row_of(view, (run, len(view.runs[run].step) - 1))


def trained(view: PlaneView) -> list[tuple[int, CurvesView]]:
    """The runs that have rows, with their places on the board."""
    return [(index, run) for index, run in enumerate(view.runs) if len(run.step)]
