"""Double descent on features drawn at random, with Mitchell's verdict at every width."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from reglab.config import Range, check_number
from reglab.distributions import clopper_pearson
from reglab.distributions.squared import unexplained
from reglab.mitchell import Pool, Verdict, explain, judge
from reglab.theory.claims.double_descent import risk
from reglab.words import say

LEVEL = 0.05  # of the interval of a share
# Of the number of training examples; more of them where the error changes fast.
LADDER = (0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
LADDER += (1, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.25, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50)
LADDER += (70, 100, 150, 200, 300, 500, 700, 1000)
_SIZES = Range(2, 10_000)


class Descent(NamedTuple):
    """Both errors and the verdict for every draw of S, R of them, and every width, W of them.

    Errors are squared, as shares of the variance of y: 0 is exact, and 1 is what the mean of y
    costs as an answer to everything. They may be larger than 1.

    Attributes:
        widths: numbers of features that are fitted, ``(W,)`` int64, ascending.
        train_error: error on the training examples, ``(R, W)``; exactly 0 where the fit goes
            through all of them.
        true_error: error over the whole distribution, ``(R, W)``, exact.
        rival_error: the least true error of the widths whose training error is strictly larger,
            ``(R, W)``; infinite where there are none. A hypothesis overfits where it is smaller
            than ``true_error``.
        predicted: what ``true_error`` is in the mean over draws, by the formula, ``(W,)``;
            infinite at ``num_train`` and next to it, NaN throughout with a ridge.
        verdict: codes of :class:`reglab.mitchell.Verdict`, ``(R, W)`` int32, among the W
            hypotheses of the same draw.
        witness: width of the witness, ``(R, W)`` int64; -1 unless the verdict is OVERFITS.
        severity: true error minus that of the witness, ``(R, W)``; 0 unless OVERFITS.
        share: share of the draws in which the hypothesis overfits, ``(W,)``.
        interval: low and high of that share, 95 %, exact for each width by itself, ``(2, W)``.
        num_train: number of training examples, n.
        num_features: number of features there are, D.
        bayes: the Bayes error, as a share of the variance of y.
        ridge: weight of the sum of squared weights.
    """

    widths: np.ndarray
    train_error: np.ndarray
    true_error: np.ndarray
    rival_error: np.ndarray
    predicted: np.ndarray
    verdict: np.ndarray
    witness: np.ndarray
    severity: np.ndarray
    share: np.ndarray
    interval: np.ndarray
    num_train: int
    num_features: int
    bayes: float
    ridge: float

    def explain(self, draw: int, width: int) -> str:
        """One sentence about the hypothesis of a width, in one draw.

        Raises:
            ValueError: a draw or a width that there is not.
        """
        draw = check_number("draw", draw, Range(0, len(self.verdict) - 1), integer=True)
        widths = self.widths.tolist()
        if width not in widths:
            values = {"known": widths, "got": width}
            raise ValueError(say("width: expected one of {known}, got {got!r}", **values))
        true = self.true_error[draw]
        pool = Pool(
            train_error=self.train_error[draw],
            true_error=true,
            low=true,
            high=true,
            names=[say("width {width}", width=width) for width in widths],
            num_train=self.num_train,
            bayes=self.bayes,
            over=say("the whole distribution (1 − R²)"),
        )
        verdicts = judge(pool.train_error, true, bayes=self.bayes)
        return explain(verdicts, widths.index(width), pool=pool)


class Draw(NamedTuple):
    """One draw of S, its features in the order in which they are fitted.

    Attributes:
        x: inputs, ``(n, D)``.
        y: targets, ``(n,)``.
        weights: of the features in the same order, ``(D,)``; their squares sum to 1.
    """

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray


class Model(NamedTuple):
    """How examples come about; see :func:`double_descent`."""

    num_train: int
    num_features: int
    noise: float
    num_leading: int
    leading_share: float


def double_descent(
    widths: Sequence[int] | None = None,
    *,
    draws: int = 10,
    num_train: int = 100,
    num_features: int = 300,
    noise: float = 0.2,
    num_leading: int = 5,
    leading_share: float = 0.2,
    ridge: float = 0.0,
    seed: int = 0,
) -> Descent:
    """Fits growing numbers of features to n examples, and judges each fit by the others.

    y = w·x + noise·z, with x of D standard normal features, z standard normal, |w| = 1. A
    hypothesis of width p is the least-squares fit of p features, that of least norm where many fit
    equally well. All are linear functions of the same D features, hence members of one H. A few
    leading features carry a share of w·x and are fitted first, each as good as the other; the
    rest is spread evenly over all others. In which order equals come is drawn anew for each S, and
    a wider fit has all features of a narrower one.

    If all D features are alike and D (1 + noise²) > n - 1, the error rises in the mean from the
    first feature on, up to p = n: there is no first descent. The leading features make one.

    Args:
        widths: numbers of features to fit, ascending; a ladder from 1 to D, where left out.
        draws: of S, R, from 1 to 1,000. The first of them are the same for every R.
        num_train: training examples, n, from 2 to 10,000.
        num_features: D, from 2 to 10,000.
        noise: standard deviation of what no h can know, from 0 to 10.
        num_leading: features that are fitted first, from 0 to D - 1.
        leading_share: of the variance of w·x that is theirs, from 0 to 1; of no effect if there
            are none.
        ridge: weight of the sum of squared weights, beside the sum of squared errors, from 0 to
            a million. With it the formula, which is that of least squares, is left out.
        seed: from 0.

    Raises:
        ValueError: a number out of its range, or widths that are not ascending.

    References:
        M. Belkin, D. Hsu and J. Xu, Two Models of Double Descent for Weak Features, SIAM Journal
        on Mathematics of Data Science 2(4), 2020; the verdict is Mitchell's, see
        :func:`reglab.mitchell.judge`.

    >>> found = double_descent((2, 12, 40), draws=3, num_train=12, num_features=40, num_leading=2)
    >>> found.share.tolist(), found.train_error[:, 1:].max().item()
    ([0.0, 1.0, 0.0], 0.0)
    """
    model, ridge, draws, seed = _checked(
        Model(num_train, num_features, noise, num_leading, leading_share), ridge, draws, seed
    )
    chosen = _ladder(model) if widths is None else _checked_widths(widths, model.num_features)
    # Matrices are small: threads would wait for each other, many times as long on a busy machine.
    with threadpool_limits(1, "blas"):
        samples = (drawn(model, seed, draw) for draw in range(draws))
        pairs = [_errors(sample, chosen, model.noise, ridge) for sample in samples]
    train, true = (np.stack(rows) for rows in zip(*pairs, strict=True))
    bayes = float(unexplained(0.0, model.noise))
    verdicts = [judge(*rows, bayes=bayes) for rows in zip(train, true, strict=True)]
    verdict, witness, severity = (np.stack(rows) for rows in zip(*verdicts, strict=True))
    count = (verdict == Verdict.OVERFITS).sum(axis=0)
    is_larger = train[:, None, :] > train[:, :, None]
    return Descent(
        widths=chosen,
        train_error=train,
        true_error=true,
        rival_error=np.where(is_larger, true[:, None, :], np.inf).min(axis=2),
        predicted=np.full(len(chosen), np.nan) if ridge else _predicted(model, chosen),
        verdict=verdict,
        witness=np.where(witness < 0, -1, chosen[witness]),
        severity=severity,
        share=count / draws,
        interval=clopper_pearson(count, draws, LEVEL),
        num_train=model.num_train,
        num_features=model.num_features,
        bayes=bayes,
        ridge=ridge,
    )


def drawn(model: Model, seed: int, draw: int) -> Draw:
    """The training examples of one draw; those of another are independent of them."""
    rng = np.random.default_rng((seed, draw))
    n, features, first = model.num_train, model.num_features, model.num_leading
    x = rng.standard_normal((n, features))
    weights = _weights(model)
    y = x @ weights + model.noise * rng.standard_normal(n)
    order = np.concatenate([rng.permutation(first), first + rng.permutation(features - first)])
    return Draw(x[:, order], y, weights[order])


def _weights(model: Model) -> np.ndarray:
    features, first = model.num_features, model.num_leading
    share = model.leading_share if first else 0.0
    squares = np.full(features, (1 - share) / (features - first))
    squares[:first] = share / max(first, 1)
    return np.sqrt(squares)


def _errors(
    data: Draw, widths: np.ndarray, noise: float, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Training and true errors of one draw, ``(W,)`` each."""
    train, wrong = np.zeros(len(widths)), np.tile(data.weights, (len(widths), 1))
    for row, width in enumerate(widths):
        x = data.x[:, :width]
        fit = fitted(x, data.y, ridge)
        wrong[row, :width] -= fit
        # A fit through all examples leaves round-off, which is no training error.
        if ridge or width < len(x):
            train[row] = np.mean((data.y - x @ fit) ** 2)
    return train / (1 + noise**2), unexplained((wrong**2).sum(axis=1), noise)


def fitted(x: np.ndarray, y: np.ndarray, ridge: float = 0.0) -> np.ndarray:
    """Weights ``(p,)`` of the fit of least squares, or of least norm among many such.

    By QR of x and not by its Gram matrix, whose condition is the square: near p = n it matters.

    >>> fitted(np.array([[3.0, 4.0]]), np.array([25.0])).round(12).tolist()
    [3.0, 4.0]
    """
    rows, width = x.shape
    if ridge and width > rows:  # the least norm, with a weight of its own for each example
        return fitted(np.hstack([x, np.sqrt(ridge) * np.eye(rows)]), y)[:width]
    if ridge:
        x, y = np.vstack([x, np.sqrt(ridge) * np.eye(width)]), np.append(y, np.zeros(width))
    if x.shape[0] > x.shape[1]:
        q, r = np.linalg.qr(x)
        return np.linalg.solve(r, q.T @ y)
    q, r = np.linalg.qr(x.T)
    return q @ np.linalg.solve(r.T, y)


def _predicted(model: Model, widths: np.ndarray) -> np.ndarray:
    """The mean of the true error over draws of S, by the formula."""
    n = model.num_train
    seen = np.cumsum(_weights(model) ** 2)[widths - 1]
    unseen = np.where(widths == model.num_features, 0.0, 1 - seen) + model.noise**2
    mean = risk(widths, n, seen, unseen)
    # Where nothing is left out and nothing is noise, there is nothing to grow without bound.
    mean = np.where(unseen == 0, np.maximum(1 - n / widths, 0), mean)
    return mean / (1 + model.noise**2)


def _ladder(model: Model) -> np.ndarray:
    rungs = np.rint(np.array(LADDER) * model.num_train).astype(int)
    return np.unique(np.clip([1, *rungs, model.num_features], 1, model.num_features))


def _checked(
    model: Model, ridge: object, draws: object, seed: object
) -> tuple[Model, float, int, int]:
    n, features, noise, leading, share = model
    features = check_number("num_features", features, _SIZES, integer=True)
    few = Range(0, features - 1)
    model = Model(
        check_number("num_train", n, _SIZES, integer=True),
        features,
        check_number("noise", noise, Range(0, 10)),
        check_number("num_leading", leading, few, integer=True),
        check_number("leading_share", share, Range(0, 1)),
    )
    return (
        model,
        check_number("ridge", ridge, Range(0, 1e6)),
        check_number("draws", draws, Range(1, 1000), integer=True),
        check_number("seed", seed, Range(0, 2**31 - 1), integer=True),
    )


def _checked_widths(widths: object, most: int) -> np.ndarray:
    try:
        given = np.asarray(widths)
    except ValueError:  # rows of different lengths
        given = np.zeros(0)
    fits = given.ndim == 1 and given.size > 0 and given.dtype.kind in "iu"
    if not fits or given[0] < 1 or given[-1] > most or (np.diff(given.astype(int)) <= 0).any():
        values = {"most": most, "got": widths}
        raise ValueError(
            say("widths: expected whole numbers from 1 to {most}, ascending, got {got!r}", **values)
        )
    return given.astype(int)
