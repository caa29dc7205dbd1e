"""Predictions and labels in different codings are refused, and no honest audit is."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from reglab import audit

NAMES = np.array(["cat", "dog", "horse", "Ox", "elephant", "bee", "gnu", "ant", "hippo", "swan"])


def honest(rng, *, num_classes=None, extra=None, least=(5, 20)):
    """Predictions and labels of an audit as anybody might make it, classes from 0.

    Classes may be rare, and so be missing from either part. Networks may have outputs for classes
    that nobody labelled, which those that are hardly trained answer; one checkpoint at least has
    learned something.
    """
    K = num_classes or int(rng.choice([2, 3, 5, 10, 30, 100]))
    outputs = K + (int(rng.choice([0, 0, 1, K])) if extra is None else extra)
    share = rng.dirichlet(np.ones(K) * rng.choice([0.3, 1, 100]))
    n, N = (int(rng.integers(low, high)) for low, high in zip(least, (400, 2000), strict=True))
    y, Y = rng.choice(K, n, p=share), rng.choice(K, N, p=share)
    train, test = [], []
    for k in range(rng.integers(1, 7)):
        kind = "trained" if not k else rng.choice(["trained", "constant", "random"])
        learned, constant = rng.uniform(0.5, 1), rng.integers(outputs)
        known = np.unique(y) if rng.random() < 0.8 else np.arange(outputs)
        for labels, answers, loss in ((y, train, 0.0), (Y, test, rng.uniform(0, 0.3))):
            wild = rng.choice(known, len(labels))
            if kind == "constant":
                wild, right = np.full(len(labels), constant), 0.0
            elif kind == "random":
                wild, right = rng.integers(outputs, size=len(labels)), 0.0
            else:
                right = learned - loss
            # What was never seen is never answered.
            is_right = (rng.random(len(labels)) < right) & np.isin(labels, known)
            answers.append(np.where(is_right, labels, wild))
    return np.array(train), y, np.array(test), Y


@pytest.mark.parametrize("block", range(4))
def test_no_honest_audit_is_refused_or_warned_of(block):
    rng, rare = np.random.default_rng(block), 0
    for _ in range(150):
        train, y, test, Y = honest(rng)
        audit(train, y, test, Y)
        rare += bool(set(Y) - set(y)) + bool({*train.flat, *test.flat} - {*y, *Y})
    assert rare > 50


def test_small_and_odd_but_honest_ones_are_judged():
    for train, y, test, Y in [
        ([[0, 0, 0]], [0, 1, 2], [[0, 0]], [0, 1]),  # a constant
        ([[1, 1, 1]], [0, 1, 2], [[1, 1]], [0, 2]),
        ([[0, 1, 0, 1]], [0, 1, 0, 1], [[0, 0, 1]], [0, 2, 2]),  # a class unseen in training
        ([[0, 1, -1, 1]], [0, 1, 0, 1], [[0, -1, 1]], [0, 1, 1]),  # -1 for "do not know"
        ([[0, 1]], [0, 0], [[1, 0]], [0, 0]),  # 1 for wrong
        ([[1, 1]], [0, 0], [[1, 1]], [0, 0]),
        ([[True, False]], [1, 0], [[1, 0]], [True, False]),
        ([[0.0, 1.0]], [False, True], [[1, 0]], np.array([1, 0], np.uint8)),
    ]:
        assert len(audit(train, y, test, Y).verdict) == 1


def shifted(a, by=1):
    return tuple(one + by for one in a)


def text(a, label=lambda n: n, answer=lambda n: n):
    told = [np.vectorize(f, otypes=[str])(NAMES) for f in (answer, label)]
    return told[0][a[0]], told[1][a[1]], told[0][a[2]], told[1][a[3]]


def digits(a, answer):
    told = np.vectorize(answer, otypes=[str])
    return told(a[0]), a[1].astype(str), told(a[2]), a[3].astype(str)


CODINGS = {
    "labels from 1": lambda a: (a[0], a[1] + 1, a[2], a[3] + 1),
    "predictions from 1": lambda a: (a[0] + 1, a[1], a[2] + 1, a[3]),
    "labels from -1": lambda a: (a[0], a[1] - 1, a[2], a[3] - 1),
    "test labels from 1": lambda a: (a[0], a[1], a[2], a[3] + 1),
    "train labels from 1": lambda a: (a[0], a[1] + 1, a[2], a[3]),
    "test predictions from 1": lambda a: (a[0], a[1], a[2] + 1, a[3]),
    "train predictions from 1": lambda a: (a[0] + 1, a[1], a[2], a[3]),
    "both parts from 1, one side each": lambda a: (a[0] + 1, a[1], a[2], a[3] + 1),
    "far apart": lambda a: (a[0] * 10**12, a[1] - 10**15, a[2] * 10**12, a[3] - 10**15),
    "ids of other tables": lambda a: (a[0] * 10 + 3, a[1] * 7 + 5, a[2] * 10 + 3, a[3] * 7 + 5),
    "capitals": lambda a: text(a, answer=str.upper),
    "a blank behind": lambda a: text(a, label=lambda n: f"{n} "),
    "a blank in front": lambda a: text(a, answer=lambda n: f" {n}"),
    "cut": lambda a: text(a, answer=lambda n: n[:2]),
    "labels cut": lambda a: text(a, label=lambda n: n[:2]),
    "in quotes": lambda a: text(a, answer=lambda n: f"'{n}'"),
    "test labels with a blank": lambda a: (*text(a)[:3], text(a, label=lambda n: n + " ")[3]),
    "test predictions cut": lambda a: (*text(a)[:2], *text(a, answer=lambda n: n[:2])[2:]),
    "numbers with a point": lambda a: digits(a, "{}.0".format),
    "numbers with noughts": lambda a: digits(a, "{:02d}".format),
    "bool against words": lambda a: (a[0] > 0, text(a)[1], a[2] > 0, text(a)[3]),
    "numbers against their text": lambda a: (a[0], a[1].astype(str), a[2], a[3].astype(str)),
}  # fmt: skip
TWO = {
    "-1/+1 against 0/1": lambda a: (2 * a[0] - 1, a[1], 2 * a[2] - 1, a[3]),
    "0/1 against -1/+1": lambda a: (a[0], 2 * a[1] - 1, a[2], 2 * a[3] - 1),
    "bool against 1/2": lambda a: (a[0] > 0, a[1] + 1, a[2] > 0, a[3] + 1),
    "0/1 against 0/255": lambda a: (a[0], a[1] * 255, a[2], a[3] * 255),
    "yes against Yes": lambda a: tuple(
        np.where(one > 0, yes, "no") for one, yes in zip(a, ("yes", "Yes") * 2, strict=True)
    ),
}


def learned(rng, num_classes):
    """An audit with enough of each class to tell, all checkpoints on known classes."""
    y, Y = rng.integers(num_classes, size=200), rng.integers(num_classes, size=600)

    def answers(labels, rights):
        wild = rng.integers(num_classes, size=(len(rights), len(labels)))
        return np.where(rng.random(wild.shape) < np.array(rights)[:, None], labels, wild)

    return answers(y, (0.0, 0.5, 1.0)), y, answers(Y, (0.0, 0.4, 0.6)), Y


@pytest.mark.parametrize(
    ("name", "num_classes"),
    [*((name, K) for name in CODINGS for K in (2, 3, 10)), *((name, 2) for name in TWO)],
)
def test_other_codings_are_refused_in_one_line(name, num_classes):
    coding = (CODINGS | TWO)[name]
    for seed in range(3):
        given = learned(np.random.default_rng(seed), num_classes)
        audit(*given)
        with pytest.raises(ValueError, match=r"^t[a-z]+_(predictions|labels): expected ") as error:
            audit(*coding(given))
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", [*CODINGS, *TWO])
def test_codings_are_refused_where_nothing_was_learned(name):
    rng = np.random.default_rng(0)
    y, Y = rng.integers(2, size=100), rng.integers(2, size=300)
    given = rng.integers(2, size=(3, 100)), y, rng.integers(2, size=(3, 300)), Y
    audit(*given)
    with pytest.raises(ValueError, match=": expected "):
        audit(*(CODINGS | TWO)[name](given))


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_one_class_of_another_name_is_refused_however_rare(share):
    rng = np.random.default_rng(1)
    y, Y = (np.where(rng.random(n) < share, 0, rng.integers(1, 10, n)) for n in (400, 4000))
    train, test = np.array([y, np.roll(y, 1)]), np.array([Y, np.roll(Y, 1)])
    renamed = [np.where(one == 0, 10, one) for one in (y, Y)]
    with pytest.raises(ValueError, match=r"got 0 that no label has, while no .* predicts 10;"):
        audit(train, renamed[0], test, renamed[1])


def test_the_lines_name_classes_and_what_to_do():
    given = learned(np.random.default_rng(0), 2)
    for name, line in {
        "labels from 1": "train_predictions: expected classes coded as in train_labels, got 0 that "
        "no label has, while no checkpoint predicts 2; code both alike, or hand in scores of all "
        "classes",
        "a blank behind": "train_predictions: expected classes spelled as in the labels, got 'cat' "
        "beside 'cat '; spell both alike",
    }.items():
        with pytest.raises(ValueError, match=line):
            audit(*CODINGS[name](given))


def test_a_checkpoint_alone_in_another_coding_is_warned_of():
    train, y, test, Y = learned(np.random.default_rng(0), 2)
    train[2], test[2] = train[2] + 1, test[2] + 1
    with pytest.warns(UserWarning, match="_predictions: checkpoint 2 predicts 2 that no label has"):
        audit(train, y, test, Y)


def test_scores_say_by_their_place_which_classes_they_are_of():
    rng = np.random.default_rng(0)
    train, y, test, Y = rng.random((1, 30, 9)), np.full(30, 2), rng.random((1, 90, 9)), [3, 4] * 45
    assert len(audit(train, y, test, Y).verdict) == 1


AS = {
    "pandas frames": (pd.DataFrame, pd.Series),
    "pandas objects": (
        lambda p: pd.DataFrame(p, dtype=object),
        lambda y: pd.Series(y, dtype=object),
    ),
    "pandas categories": (list, lambda y: pd.Series(y).astype("category")),
    "polars": (
        lambda p: pl.DataFrame(np.asarray(p), orient="row"),
        lambda y: pl.Series(y.tolist()),
    ),
    "lists": (np.ndarray.tolist, np.ndarray.tolist),
    "lists of series": (lambda p: [pd.Series(row) for row in p], pd.Series),
}


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("name", AS)
def test_columns_of_tables(name, words):
    given = learned(np.random.default_rng(0), 3)
    given = text(given) if words else given
    frame, series = AS[name]
    found = audit(frame(given[0]), series(given[1]), frame(given[2]), series(given[3]))
    for ours, theirs in zip(found, audit(*given), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float8_e5m2", "float32", "int8"])
def test_scores_and_classes_of_any_dtype(dtype):
    import jax.numpy as jnp

    train, y, test, Y = learned(np.random.default_rng(0), 2)
    expected = audit(train, y, test, Y)
    scores = [jnp.eye(2, dtype=dtype)[one] for one in (train, test)]
    for found in (
        audit(scores[0], y, scores[1], Y),
        audit(*(jnp.asarray(one, dtype) for one in (train, y, test, Y))),
    ):
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
