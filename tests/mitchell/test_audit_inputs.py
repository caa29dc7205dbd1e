"""Predictions that cannot be judged are refused in one line that says why."""

import numpy as np
import pytest
import scipy.sparse

from reglab.mitchell import audit

GOOD = {
    "train_predictions": np.array([[0, 1, 1], [0, 0, 1]]),
    "train_labels": np.array([0, 1, 1]),
    "test_predictions": np.array([[0, 1], [1, 1]]),
    "test_labels": np.array([0, 1]),
}
SCORES = np.zeros((2, 3, 2))
WORDS = np.array(["a", "b", "b"])


class Stubborn:
    """As a tensor that has to be taken off the tape first."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy()\non a tensor that requires grad.")


BAD = {
    "one checkpoint": (
        {"train_predictions": np.zeros(3, int)},
        "train_predictions: expected classes (checkpoints, examples) or class scores (checkpoints, "
        "examples, classes), got shape (3,)",
    ),
    "four axes": ({"test_predictions": np.zeros((2, 2, 2, 2))}, "got shape (2, 2, 2, 2)"),
    "no checkpoint": (
        {"train_predictions": np.zeros((0, 3), int)},
        "train_predictions: expected at least 1 checkpoint, got shape (0, 3)",
    ),
    "no example": (
        {"train_predictions": np.zeros((2, 0), int), "train_labels": np.zeros(0, int)},
        "train_labels: expected 1 example or more, got 0",
    ),
    "one test example": (
        {"test_predictions": np.zeros((2, 1), int), "test_labels": [0]},
        "test_labels: expected 2 examples or more, got 1",
    ),
    "other length": (
        {"train_labels": [0, 1]},
        "train_predictions: expected 2 examples, as in train_labels, got shape (2, 3)",
    ),
    "transposed": (
        {"test_predictions": np.zeros((2, 3), int)},
        "test_predictions: expected 2 examples, as in test_labels, got shape (2, 3)",
    ),
    "other checkpoints": (
        {"test_predictions": np.zeros((3, 2), int)},
        "test_predictions: expected 2 checkpoints, as in train_predictions, got 3",
    ),
    "one-hot labels": (
        {"train_labels": np.eye(3)},
        "train_labels: expected one class an example, got shape (3, 3)",
    ),
    "probabilities": (
        {"test_predictions": np.array([[0, 0.5], [1, 1]])},
        "test_predictions: expected whole numbers or strings as classes, got 0.5 at (0, 1)",
    ),
    "nan label": (
        {"train_labels": [0, np.nan, 1]},
        "train_labels: expected whole numbers or strings as classes, got nan at 1",
    ),
    "infinite": ({"train_labels": [0, np.inf, 1]}, "train_labels: expected whole numbers"),
    "too large for a float": ({"test_labels": [0, 1e300]}, "got 1e+300 at 1"),
    "complex": (
        {"train_predictions": np.zeros((2, 3), complex)},
        "train_predictions: expected whole numbers or strings, got the type complex128",
    ),
    "bytes": ({"train_labels": WORDS.astype("S")}, "train_labels: expected whole numbers or str"),
    "dates": ({"test_labels": np.zeros(2, "M8[s]")}, "got the type datetime64[s]"),
    "objects": (
        {"train_labels": np.array([0, None, 1], object)},
        "train_labels: expected plain classes, all of one kind, got None of type NoneType at 1",
    ),
    "a missing word": (
        {"train_labels": np.array(["a", np.nan, "b"], object)},
        "train_labels: expected plain classes, all of one kind, got nan of type float at 1",
    ),
    "numbers and words": (
        {"train_predictions": np.array([[0, 1, 1], [0, "1", 1]], object)},
        "train_predictions: expected plain classes, all of one kind, got '1' of type str at (1, 1)",
    ),
    "saved as raw bytes": (
        {"train_predictions": np.zeros((2, 3, 2), "V2")},
        "train_predictions: expected class scores that are numbers, got raw bytes (|V2), which is "
        "how np.savez writes bfloat16: cast it before",
    ),
    "sparse": (
        {"train_predictions": scipy.sparse.csr_matrix(np.eye(3, dtype=int))},
        "train_predictions: expected an array, got csr_matrix",
    ),
    "beyond 64 bits": (
        {"train_labels": np.array([0, 2**64 - 1, 1], np.uint64)},
        "train_labels: expected whole numbers or strings as classes, got 18446744073709551615 at 1",
    ),
    "ragged": ({"train_predictions": [[0, 1, 1], [0]]}, "train_predictions: expected an array"),
    "no array": ({"test_predictions": None}, "test_predictions: expected an array, got NoneType"),
    "needs detaching": (
        {"test_predictions": Stubborn()},
        "test_predictions: expected an array, got Stubborn: Can't call numpy() on a tensor that "
        "requires grad.",
    ),
    "mask": (
        {"train_labels": np.ma.array([0, 1, 1], mask=[0, 0, 1])},
        "train_labels: expected an array, got one with a mask",
    ),
    "words and numbers": (
        {"train_labels": WORDS},
        "test_labels: expected strings, as train_labels, got whole numbers",
    ),
    "words for numbers": (
        {"train_predictions": np.array([WORDS, WORDS])},
        "train_predictions: expected whole numbers, as in train_labels, got strings",
    ),
    "nan score": (
        {"train_predictions": np.where(np.arange(2) == 1, np.nan, SCORES)},
        "train_predictions: expected finite scores, got nan at (0, 0, 1), which is no answer",
    ),
    "infinite score": (
        {"test_predictions": np.where(np.arange(2) == 1, -np.inf, SCORES[:, :2])},
        "test_predictions: expected finite scores, got -inf at (0, 0, 1), which is no answer",
    ),
    "one output": (
        {"train_predictions": SCORES[:, :, :1]},
        "train_predictions: expected scores of at least 2 classes, got shape (2, 3, 1)",
    ),
    "words for scores": (
        {"train_predictions": SCORES.astype(str)},
        "train_predictions: expected class scores that are numbers, got strings",
    ),
    "scores for words": (
        {"train_predictions": SCORES, "train_labels": WORDS, "test_labels": WORDS[:2]},
        "train_labels: expected whole numbers from 0 to 1, as train_predictions holds scores of 2 "
        "classes, got 'a'",
    ),
    "classes from 1": (
        {"train_predictions": SCORES, "train_labels": [1, 2, 2]},
        "train_labels: expected whole numbers from 0 to 1, as train_predictions holds scores of 2 "
        "classes, got 2",
    ),
    "negative class": ({"train_predictions": SCORES, "train_labels": [-1, 0, 1]}, "got -1"),
    "negative seed": ({"seed": -1}, "seed: expected a whole number from 0 to"),
    "no number as a seed": ({"seed": "1"}, "seed: expected a whole number from 0 to"),
}


def test_good_ones_are_judged():
    assert len(audit(**GOOD).verdict) == 2


@pytest.mark.parametrize("name", BAD)
def test_bad_ones_are_refused(name):
    changed, message = BAD[name]
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is compared below
        audit(**GOOD | changed)
    assert message in str(error.value)
    assert str(error.value).partition(":")[0] in {*GOOD, "seed"}
    assert "\n" not in str(error.value)
