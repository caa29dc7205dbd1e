"""What a lab saves: its numbers, and the experiments that reproduce them."""

import csv
import io
import json

from reglab.live import Session

MIME = {"csv": "text/csv", "json": "application/json"}


def export(session: Session, kind: str) -> tuple[str, str, bytes]:
    """File name, media type and content.

    Args:
        session: what is on screen.
        kind: ``csv`` or ``json``.

    Raises:
        ValueError: nothing was trained yet, or another kind.
    """
    frame = session.frame
    if frame is None or not len(frame.runs[0].step):
        raise ValueError("export: expected a run on screen, got none yet")
    make = {"csv": _csv, "json": _json}
    if kind not in make:
        raise ValueError(f"export: expected one of {', '.join(make)}, got {kind!r}")
    return f"reglab-mitchell.{kind}", MIME[kind], make[kind](session)


def _json(session: Session) -> bytes:
    experiments = [json.loads(one.to_json()) for one in session.experiments]
    return json.dumps(experiments, indent=1).encode()


def _csv(session: Session) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, run in enumerate(session.runs):
        if number == 0:
            writer.writerow(["run", "name", *run.history._fields])
        for row in zip(*run.history, strict=True):
            writer.writerow([number, run.name, *(value.item() for value in row)])
    return text.getvalue().encode()
