"""What a lab saves: its picture, its numbers, the experiments that reproduce them."""

import csv
import io
import json

from reglab import figures
from reglab.live import Frame, Session
from reglab.views import PlaneView

MIME = {"png": "image/png", "csv": "text/csv", "json": "application/json"}


def export(session: Session, kind: str) -> tuple[str, str, bytes]:
    """File name, media type and content.

    Args:
        session: what is on screen.
        kind: ``png``, ``csv`` or ``json``.

    Raises:
        ValueError: nothing was trained yet, or another kind.
    """
    frame = session.frame
    if frame is None or not len(frame.runs[0].step):
        raise ValueError("export: expected a run on screen, got none yet")
    make = {"png": _png, "csv": _csv, "json": _json}
    if kind not in make:
        raise ValueError(f"export: expected one of {', '.join(make)}, got {kind!r}")
    return f"reglab-mitchell.{kind}", MIME[kind], make[kind](session, frame)


def _json(session: Session, _: Frame) -> bytes:
    experiments = [json.loads(one.to_json()) for one in session.experiments]
    return json.dumps(experiments, indent=1).encode()


def _csv(session: Session, _: Frame) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, run in enumerate(session.runs):
        if number == 0:
            writer.writerow(["run", "name", *run.history._fields])
        for row in zip(*run.history, strict=True):
            writer.writerow([number, run.name, *(value.item() for value in row)])
    return text.getvalue().encode()


def _png(_: Session, frame: Frame) -> bytes:
    plane = PlaneView(frame.runs, frame.h, frame.witness, frame.bayes_error, frame.num_train)
    return figures.png(figures.report(frame.verdict, plane, frame.picture))
