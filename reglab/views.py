"""What a picture needs, as plain NumPy arrays: made by ``live``, drawn by ``panels``.

Errors are shares from 0 to 1. A hypothesis is addressed by ``(run, row)``: the index of its run
on the board and the row of that run's history.
"""

from typing import NamedTuple

import numpy as np

from reglab.words import say

# What true errors are taken over, unless a view says otherwise.
WHOLE = say("the whole distribution")


class CurvesView(NamedTuple):
    """One run: both errors against steps. All arrays have one entry a row."""

    name: str
    step: np.ndarray  # (rows,) int32
    train_error: np.ndarray  # (rows,) float32
    true_error: np.ndarray  # (rows,) float32
    true_low: np.ndarray  # (rows,) float32
    true_high: np.ndarray  # (rows,) float32
    changes: tuple[tuple[int, str], ...] = ()  # (step, what moved, in words)
    in_pool: bool = True


class BoundaryView(NamedTuple):
    """A planar decision map. Row 0 is the lowest x2, column 0 the lowest x1."""

    region: tuple[float, float, float, float]  # x1 low, x1 high, x2 low, x2 high
    shade: np.ndarray  # (rows, cols) uint8: 255 * probability of class 1, or of disagreement
    bayes: np.ndarray | None  # (rows, cols) uint8: 255 * p(class 1 | x) of the distribution
    x: np.ndarray  # (n, 2) float32, the training examples
    y: np.ndarray  # (n,) uint8
    what: str = "h"  # "h", "witness" or "disagreement"


UNANSWERED = 255  # among classes that are predicted: no answer


class ImagesView(NamedTuple):
    """Image data: the training examples and a sample of what h gets wrong elsewhere."""

    images: np.ndarray  # (n, height, width) uint8
    labels: np.ndarray  # (n,) uint8, as trained on
    true_labels: np.ndarray  # (n,) uint8, before any flip
    predicted: np.ndarray  # (n,) uint8; UNANSWERED where a score is not finite
    error_images: np.ndarray  # (m, height, width) uint8
    error_labels: np.ndarray  # (m,) uint8
    error_predicted: np.ndarray  # (m,) uint8
    what: str = "h"
    unseen_error: float | None = None  # over the members of a population that are not in S
    over: str = WHOLE


class PlaneView(NamedTuple):
    """The runs of a board, for the witness plane, a dot for each hypothesis, and for the curves."""

    runs: tuple[CurvesView, ...]
    h: tuple[int, int]
    witness: tuple[int, int] | None
    bayes_error: float | None
    num_train: int
    over: str = WHOLE
    epoch_length: int = 0  # steps an epoch; 0 where epochs are not told
    num_steps: int = 0  # that are to be trained


class VerdictView(NamedTuple):
    """The verdict on h, in words."""

    code: str  # "OVERFITS", "OPTIMAL", "NO_WITNESS", "UNDECIDED" or "NONE" (nothing judged yet)
    word: str  # the badge
    scope: str  # among what
    sentence: str
    severity: float  # difference of true errors, 0 unless OVERFITS
    certify: str = ""  # "", "off", "ready", "working", "done" or "open": whether it can be proved
    why: str = ""  # where it cannot, or was not


class BoardRow(NamedTuple):
    """One run on the board, judged at its newest hypothesis."""

    name: str
    step: int
    train_error: float
    true_error: float
    half_width: float
    severity: float
    code: str
    word: str
    in_pool: bool


class BandsView(NamedTuple):
    """Both errors of many runs against steps: the median, and a band that holds most of them.

    All arrays have one entry a row.
    """

    step: np.ndarray  # (rows,) int32
    train_low: np.ndarray  # (rows,) float32
    train_median: np.ndarray  # (rows,) float32
    train_high: np.ndarray  # (rows,) float32
    true_low: np.ndarray  # (rows,) float32
    true_median: np.ndarray  # (rows,) float32
    true_high: np.ndarray  # (rows,) float32
    num_runs: np.ndarray  # (rows,) int32, of those that have a row at the step
    name: str = ""  # which runs, such as "dropout rate 0.1"
    num_train: int | None = None  # training examples of each of them; None where they differ
    over: str = WHOLE


class FrequencyView(NamedTuple):
    """How many runs overfit, one entry a value of what varies."""

    varies: str  # what varies, in words
    values: np.ndarray  # (g,) float64, ascending
    share: np.ndarray  # (g,) float64: num_overfit / num_runs, NaN without runs
    low: np.ndarray  # (g,) float64, of the share's interval
    high: np.ndarray  # (g,) float64
    num_overfit: np.ndarray  # (g,) int64
    num_runs: np.ndarray  # (g,) int64
    num_undecided: np.ndarray  # (g,) int64
    severity: np.ndarray  # (g,) float64: its median over the runs, NaN without runs
    at_least: float = 0.0  # severity from which a run counts as overfitting
    unit: str = ""  # "%" where values are shares that are told in percent
    # What is counted: "draws" where each run of a value has a draw of its own.
    of: str = say("runs")


class PopulationPlaneView(NamedTuple):
    """The last hypothesis of each run in the witness plane; arrays have one entry a dot."""

    run: np.ndarray  # (m,) int32, index of the run
    train_error: np.ndarray  # (m,) float32
    true_error: np.ndarray  # (m,) float32
    code: np.ndarray  # (m,) uint8, the verdict: reglab.mitchell.Verdict
    counts: np.ndarray  # (m,) bool, whether it overfits by as much as is asked for
    draw: np.ndarray  # (m,) uint32, of the training set
    group: np.ndarray  # (m,) int32, index of the value of what varies
    bayes_error: float | None = None
    num_train: int | None = None  # training examples of each run; None where they differ
    over: str = WHOLE
    region: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)  # of the density grid
    density: np.ndarray | None = None  # (rows, cols) uint8, row 0 the lowest; where m is large


class BrushedView(NamedTuple):
    """One run of a population, looked at by itself."""

    run: int  # its index
    name: str
    step: np.ndarray  # (rows,) int32
    train_error: np.ndarray  # (rows,) float32
    true_error: np.ndarray  # (rows,) float32
    code: str  # the verdict on its last hypothesis
    sentence: str
    experiment: str  # JSON that a lab reads
    picture: BoundaryView | ImagesView | None = None


class RunsView(NamedTuple):
    """The runs of a population, for how often, when and where their hypotheses end."""

    frequency: FrequencyView
    bands: tuple[BandsView, ...]  # one a value of what varies
    plane: PopulationPlaneView
    settings: tuple[str, ...]  # each value, in words
    chosen: int  # index of the value that is told about
    brushed: BrushedView | None
