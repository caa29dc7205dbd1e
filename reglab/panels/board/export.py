"""What a lab saves: its numbers, the experiments that reproduce them, and a page to print."""

import json
from functools import partial

from reglab.config import check_name
from reglab.live import Session
from reglab.live.board.table import history_csv
from reglab.words import say

MIME = {"csv": "text/csv", "json": "application/json", "png": "image/png"}


def export(
    session: Session, kind: str, *, name: str = "mitchell", language: str | None = None
) -> tuple[str, str, bytes]:
    """File name, media type and content.

    Args:
        session: what is on screen.
        kind: ``csv``, ``json`` or ``png``.
        name: of the room.
        language: of the picture; left out, that of ``REGLAB_LANGUAGE``, else English.

    Raises:
        ValueError: nothing was trained yet, or another kind.
    """
    check_export(session, kind)
    make = {"csv": _csv, "json": _json, "png": partial(_png, language=language)}
    return f"reglab-{name}.{kind}", MIME[kind], make[kind](session)


def check_export(session: Session, kind: str) -> None:
    """Raises ``ValueError`` where there is nothing to save yet, or no such kind."""
    frame = session.frame
    if frame is None or not len(frame.runs[0].step):
        raise ValueError(say("export: expected a run on screen, got none yet"))
    check_name("export", kind, tuple(MIME))


def _json(session: Session) -> bytes:
    experiments = [json.loads(experiment.to_json()) for experiment in session.experiments]
    return json.dumps(experiments, indent=1).encode()


def _csv(session: Session) -> bytes:
    return history_csv(session.runs).encode()


def _png(session: Session, language: str | None) -> bytes:
    from reglab.figures import LabDisplay, rendered  # takes a while, and few export a picture

    return rendered(LabDisplay.from_frame(session.frame, language=language))
