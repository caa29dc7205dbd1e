"""What a population lab saves: figures, numbers, and the grid that makes them again."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from reglab.config import Experiment, check_name
from reglab.live import PopulationFrame, PopulationSession
from reglab.mitchell import Verdict, value_of
from reglab.sweeps import Grid
from reglab.words import say

EXPORTS = {
    "PNG": "image/png",
    "SVG": "image/svg+xml",
    "PDF": "application/pdf",
    "CSV": "text/csv",
    "JSON": "application/json",
}


def export(
    session: PopulationSession,
    kind: str,
    grid: Sequence[Experiment] | None = None,
    *,
    name: str = "population",
    language: str | None = None,
) -> tuple[str, str, bytes]:
    """File name, media type and content.

    Args:
        session: what is on screen.
        kind: one of ``EXPORTS``.
        grid: the experiments, for ``JSON``; those of the runs that are there where left out.
        name: of the room.
        language: of the figures; left out, that of ``REGLAB_LANGUAGE``, else English.

    Raises:
        ValueError: nothing was trained yet, or another kind.
    """
    frame = check_export(session, kind)
    file = f"reglab-{name}.{kind.lower()}"
    if kind == "CSV":
        return file, EXPORTS[kind], _csv(session, frame).encode()
    if kind == "JSON":
        return file, EXPORTS[kind], _json(session, grid).encode()
    from reglab.figures import PopulationDisplay, rendered  # takes a while: matplotlib

    display = PopulationDisplay.from_frame(frame, language=language)
    return file, EXPORTS[kind], rendered(display, kind.lower())


def check_export(session: PopulationSession, kind: str) -> PopulationFrame:
    """The frame to save; raises ``ValueError`` where there is nothing yet, or no such kind."""
    frame = session.frame
    check_name("export", kind, tuple(EXPORTS))
    if frame is None or not session.runs:
        raise ValueError(say("export: expected runs on screen, got none yet"))
    return frame


def _json(session: PopulationSession, grid: Sequence[Experiment] | None) -> str:
    if isinstance(grid, Grid):
        return grid.to_json(indent=1)
    experiments = [run.experiment for run in session.runs] if grid is None else grid
    return json.dumps([json.loads(experiment.to_json()) for experiment in experiments], indent=1)


def _csv(session: PopulationSession, frame: PopulationFrame) -> str:
    """One line a run: what varies, draw, seed, errors and verdict of its last hypothesis."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = ["run", frame.by, "draw", "seed", "step", "train_error", "true_error"]
    writer.writerow([*columns, "true_low", "true_high", "verdict"])
    codes = dict(zip(frame.plane.run.tolist(), frame.plane.code.tolist(), strict=True))
    for number, run in enumerate(session.runs):
        experiment: Any = run.experiment
        rows, index = run.history, len(run.history.step) - 1
        names = ("step", "train_error", "true_error", "true_low", "true_high")
        last = [getattr(rows, name)[index].item() if index >= 0 else "" for name in names]
        verdict = Verdict(codes[number]).name if number in codes else "DIVERGED"
        value = value_of(experiment, frame.by)
        writer.writerow([number, value, experiment.draw, experiment.seed, *last, verdict])
    return text.getvalue()
