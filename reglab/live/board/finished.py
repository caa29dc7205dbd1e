"""The frame of runs that are finished, as a panel would show them."""

import dataclasses
import functools
from collections.abc import Iterable

from reglab.config import check_name
from reglab.distributions import with_numbers
from reglab.live.board.frame import Frame, Status
from reglab.live.board.scene import DECISIONS, Scene
from reglab.live.board.shown import Shown
from reglab.live.pictures import BOARD
from reglab.training import Run, epoch_length
from reglab.words import say


def finished_frame(
    run: Run,
    *others: Run,
    row: int | None = None,
    what: str = "h",
    pictures: Iterable[str] = BOARD,
) -> Frame:
    """The frame of finished runs on one board.

    Args:
        run: the run of h, as ``fit`` returns it.
        *others: runs on the same S and D, such as twins.
        row: of h in ``run.history``; the last one where left out.
        what: whose decisions are shown: ``h``, ``witness`` or ``disagreement``.
        pictures: names of those that the frame has, out of ``reglab.live.pictures.PICTURES``.

    Raises:
        ValueError: no such row or picture, or runs that do not share S and D.
    """
    check_name("picture", what, DECISIONS)
    board = Shown([_at_last_row(shown) for shown in (run, *others)], row)
    board.check_address(0, row)
    scene = Scene(pictures)
    scene.what = what
    first = board.runs[0]
    status = Status(
        state="diverged" if run.diverged else "finished",
        step=first.step,
        num_steps=run.experiment.num_steps,
        epoch=first.step / epoch_length(first.hyper.num_train, run.experiment.batch_size),
        steps_per_second=0.0,
        text=divergence_sentence(run, *others),
        can_undo=False,
    )
    return scene.frame(0, status, board)


def divergence_sentence(*runs: Run) -> str:
    """Says which of the runs diverged, and what to do; empty where none did."""
    scene = Scene()
    told = [scene.divergence_sentence(_at_last_row(run)) for run in runs if run.diverged]
    if not told:
        return ""
    return functools.reduce(lambda one, other: say("{one} {other}", one=one, other=other), told)


def _at_last_row(run: Run) -> Run:
    """The run with D as it was at its last row: it may have moved before the run diverged."""
    numbers = run.hyper.of_distribution
    return dataclasses.replace(run, distribution=with_numbers(run.distribution, **numbers))
