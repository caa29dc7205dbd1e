"""Makes the view of the run of h."""

from pathlib import Path

from reglab.live.pictures import Picture, register

from .view import GapView


def gap_of(moment):
    """The view; None before the first row."""
    run = moment.errors.runs[moment.errors.h[0]]
    return GapView(run.name, run.step, run.true_error - run.train_error) if len(run.step) else None


PAINTER = Path(__file__).parent / "painter.js"
PICTURE = Picture("gap", lambda: gap_of, PAINTER, f"{__package__}.display:GapDisplay")

register(PICTURE)
