"""Frames made of a few formulas, for tests of the live view: no training, no widget."""

from typing import NamedTuple

import numpy as np

from reglab.live.board.frame import Frame, Status
from reglab.views import (
    BoardRow,
    BoundaryView,
    CurvesView,
    ImagesView,
    PlaneView,
    VerdictView,
)

NAMES = ("plain", "dropout 0.5", "L2 0.003", "input noise 0.3")
REGION = (-1.7, 2.7, -1.45, 1.95)
ROWS, COLS = 60, 80
RNG = np.random.default_rng(0)
X = RNG.normal([0.5, 0.25], [0.9, 0.6], (60, 2)).astype(np.float32)
Y = (X[:, 1] < 0.4 * np.sin(2.5 * X[:, 0])).astype(np.uint8)


class Pictures(NamedTuple):
    """The views of a board, as a session makes them."""

    map: BoundaryView | None
    images: ImagesView | None
    plane: PlaneView
    curves: PlaneView


def curves(run=0, rows=40, *, name=None, changes=(), in_pool=True):
    """A run that first learns and then overfits; later runs less so."""
    step = 6 * np.arange(rows)
    time = step / 300
    train = np.round(60 * (0.45 * np.exp(-3 * time) + 0.04 * run)) / 60
    true = 0.15 + 0.25 * np.exp(-5 * time) + 0.03 * np.minimum(time, 3) / (1 + run)
    columns = [step.astype(np.int32), *(np.float32(c) for c in (train, true))]
    columns += [np.float32(true - 0.001), np.float32(true + 0.001)]
    return CurvesView(name or NAMES[run % len(NAMES)], *columns, tuple(changes), in_pool)


def boundary(time=0.0, what="h"):
    """A decision map whose boundary bends as time goes on."""
    across, up = np.meshgrid(np.linspace(*REGION[:2], COLS), np.linspace(*REGION[2:], ROWS))
    score = 0.4 * np.sin(2.5 * across) - up
    shade = 1 / (1 + np.exp(-(4 + 8 * time) * (score + 0.3 * time * np.sin(7 * across * up))))
    bayes = 1 / (1 + np.exp(-4 * score))
    levels = (np.uint8(255 * shade), np.uint8(255 * bayes))
    return BoundaryView(REGION, *levels, X, Y, what)


def images(count=20, errors=6, what="h"):
    """Ten classes of blurry squares; every seventh label is flipped, every fifth is wrong."""
    labels = (np.arange(count) % 10).astype(np.uint8)
    given = np.where(np.arange(count) % 7 == 3, (labels + 1) % 10, labels).astype(np.uint8)
    predicted = np.where(np.arange(count) % 5 == 2, (given + 3) % 10, given).astype(np.uint8)
    picture = np.zeros((count, 8, 8), np.uint8)
    picture[:, 2:6, 2:6] = 25 * labels[:, None, None] + 20
    wrong = (labels[:errors] + 1) % 10
    return ImagesView(
        picture, given, labels, predicted, picture[:errors], labels[:errors], wrong, what
    )


def words(runs, h, witness):
    """A verdict on h."""
    if not runs:
        return VerdictView("NONE", "", "", "", 0.0)
    count = sum(len(run.step) for run in runs)
    scope = f"among {count} hypotheses explored"
    if witness is None:
        sentence = "None of them errs more on the training examples but less elsewhere."
        return VerdictView("NO_WITNESS", f"NO WITNESS AMONG {count}", scope, sentence, 0.0)
    severity = float(at(runs, h, "true_error") - at(runs, witness, "true_error"))
    sentence = (
        f"h (run “{runs[h[0]].name}”, step {at(runs, h, 'step')}) overfits: h′ (step "
        f"{at(runs, witness, 'step')}) errs more on the 60 training examples but less over the "
        "whole distribution."
    )
    return VerdictView("OVERFITS", "OVERFITS", scope, sentence, severity)


def at(runs, address, column):
    """One number of a hypothesis."""
    return getattr(runs[address[0]], column)[address[1]]


def without_picture(frame):
    """The frame where inputs have no picture."""
    return frame._replace(pictures=frame.pictures._replace(map=None, images=None))


def pictures(frame, picture):
    """The views that belong to a frame, and what h decides."""
    errors = PlaneView(
        frame.runs, frame.h, frame.witness, frame.bayes_error, frame.num_train, frame.over,
        frame.epoch_length, frame.status.num_steps,
    )  # fmt: skip
    is_map = isinstance(picture, BoundaryView)
    return Pictures(*((picture, None) if is_map else (None, picture)), errors, errors)


def story(rows=40, *, runs=None, h=None, witness=None, state="playing", picture=None, **fields):
    """A frame: one run of some rows, or the runs given; ``h`` is the newest hypothesis."""
    runs = (curves(rows=rows),) if runs is None else tuple(runs)
    h = h or (0, len(runs[0].step) - 1 if runs else 0)
    step = int(at(runs, h, "step")) if runs else 0
    verdict = words(runs, h, witness)
    board = tuple(
        BoardRow(
            run.name, int(run.step[-1]), float(run.train_error[-1]), float(run.true_error[-1]),
            0.001, verdict.severity, verdict.code, verdict.word.lower(), run.in_pool,
        )
        for run in runs
    )  # fmt: skip
    frame = Frame(
        number=rows,
        status=Status(state, step, 600, step / 3, 1500.0, "", True),
        verdict=verdict,
        runs=runs,
        h=h,
        witness=witness,
        bayes_error=0.13,
        num_train=60,
        epoch_length=3,
        board=board,
        pictures=None,
    )._replace(**fields)
    picture = boundary(min(1.0, step / 600)) if picture is None else picture
    return frame._replace(pictures=pictures(frame, picture))
