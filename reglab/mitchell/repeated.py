"""Whether test examples are training examples too, as far as predictions can tell."""

import warnings

import numpy as np
from scipy.special import gammaln

from reglab.mitchell.classes import Part
from reglab.words import say

CHANCE = 1e-6  # of equal mistakes in two parts, below which they are one
FEWEST = 2  # equal scores that may be chance, besides those that the parts hold by themselves


def check_apart(train: Part, test: Part) -> None:
    """Refuses a test part that is the training part; warns of examples that are in both.

    An example is known by the scores of all checkpoints, where these tell examples apart. Predicted
    classes do not, but a whole part is known by the places of its mistakes.

    Raises:
        ValueError: one line, where both parts are the same.
    """
    if _is_same(train, test):
        raise ValueError(
            say(
                "test_predictions: expected examples that took no part in training, got the "
                "{num_test} training examples, all with the same predictions and labels; hand "
                "in held-out examples",
                num_test=len(test.labels),
            )
        )
    count = num_shared(train, test)
    if count:
        warnings.warn(
            say(
                "test_predictions: {count} of {num_test} test examples have the scores and "
                "the label of a training example, and are most likely the same; leave them "
                "out, as errors on them say nothing of the distribution",
                count=count,
                num_test=len(test.labels),
            ),
            UserWarning,
            stacklevel=3,
        )


def num_shared(train: Part, test: Part) -> int:
    """Number of test examples that are training examples too; 0 where scores do not tell.

    Only scores that each part holds once count. Where examples get equal scores by chance, as from
    trees, some pairs of them lie within one part; then as many across both parts say nothing.
    """
    if train.scores is None or test.scores is None or train.scores.shape[2] != test.scores.shape[2]:
        return 0
    rows = np.concatenate([_rows(part) for part in (train, test)])
    _, number = np.unique(rows, return_inverse=True)
    both = [
        np.bincount(half, minlength=number.max() + 1)
        for half in np.split(number, [len(train.labels)])
    ]
    shared = int(np.count_nonzero((both[0] == 1) & (both[1] == 1)))
    chance = np.count_nonzero(both[0] + both[1] == 2) - shared
    return shared if shared > FEWEST + chance + 4 * np.sqrt(chance) else 0


def _rows(part: Part) -> np.ndarray:
    """The scores of all checkpoints and the label of each example, as one value to compare."""
    assert part.scores is not None
    scores = np.moveaxis(part.scores, 1, 0).reshape(len(part.labels), -1).astype(np.float64)
    rows = np.column_stack([scores + 0.0, part.labels])  # no zero with a sign
    return np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1])))[:, 0]


def _is_same(train: Part, test: Part) -> bool:
    """Whether labels and predictions are equal in both parts, and not by chance."""
    if train.predicted.shape != test.predicted.shape:
        return False
    if not (
        np.array_equal(train.labels, test.labels) and (train.predicted == test.predicted).all()
    ):
        return False
    # The mistakes on each class may lie anywhere among its examples.
    _, number, sizes = np.unique(train.labels, return_inverse=True, return_counts=True)
    wrong = np.stack([np.bincount(number, row, len(sizes)) for row in train.wrong])
    ways = gammaln(sizes + 1) - gammaln(wrong + 1) - gammaln(sizes - wrong + 1)
    return bool(ways.sum(axis=1).max() > -np.log(CHANCE))
