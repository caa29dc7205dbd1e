"""Test examples that are training examples too are said, and others are not taken for them."""

import numpy as np
import pytest
from sklearn import datasets, ensemble, neighbors, tree

from reglab import audit

N_TRAIN, N_TEST = 200, 1000


def scored(rng, num_shared, *, dtype=float, num_classes=2, m=3):
    """Scores and labels, with some training examples among the test examples."""
    y, Y = rng.integers(num_classes, size=N_TRAIN), rng.integers(num_classes, size=N_TEST)
    train, test = (rng.normal(size=(m, n, num_classes)) for n in (N_TRAIN, N_TEST))
    places = rng.permutation(N_TEST)[:num_shared]
    test[:, places], Y[places] = train[:, :num_shared], y[:num_shared]
    return train.astype(dtype), y, test.astype(dtype), Y


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("num_shared", [5, 60, 200])
def test_examples_in_both_parts_are_counted(num_shared, dtype):
    given = scored(np.random.default_rng(0), num_shared, dtype=dtype)
    with pytest.warns(UserWarning, match=f"^test_predictions: {num_shared} of 1000 test examples"):
        audit(*given)


def test_equal_scores_with_other_labels_are_other_examples():
    train, y, test, Y = scored(np.random.default_rng(0), 60, num_classes=3)
    same = (test[:, :, None] == train[:, None]).all(axis=(0, 3)).any(axis=1)
    audit(train, y, test, np.where(same, (Y + 1) % 3, Y))


@pytest.mark.parametrize("digits", [0, 1, 2, 3, None])
@pytest.mark.parametrize("m", [1, 3])
def test_scores_that_do_not_tell_examples_apart_say_nothing(digits, m):
    for seed in range(20):
        train, y, test, Y = scored(np.random.default_rng(seed), 0, m=m)
        scores = [1 / (1 + np.exp(-30 * one)) for one in (train, test)]  # mostly 0 or 1
        if digits is not None:
            scores = [one.round(digits) for one in scores]
        audit(scores[0].astype(np.float16), y, scores[1].astype(np.float16), Y)


def models(seed, x, y):
    yield [neighbors.KNeighborsClassifier(k).fit(x, y) for k in (100, 25, 5, 1)]
    yield [tree.DecisionTreeClassifier(max_depth=d, random_state=0).fit(x, y) for d in (1, 3, None)]
    yield [ensemble.RandomForestClassifier(k, random_state=seed).fit(x, y) for k in (3, 20)]


@pytest.mark.parametrize("seed", range(4))
def test_trees_and_neighbours_give_equal_scores_honestly(seed):
    (x, y), (X, Y) = (datasets.make_moons(n, noise=0.4, random_state=seed + n) for n in (200, 3000))
    for group in models(seed, x, y):
        audit(*(part for pair in ((x, y), (X, Y)) for part in (
            np.array([h.predict_proba(pair[0]) for h in group]), pair[1]
        )))  # fmt: skip


def test_a_whole_part_handed_in_twice_is_refused():
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=100)
    train = np.where(rng.random((3, 100)) < [[0.3], [0.1], [0]], (y + 1) % 3, y)
    with pytest.raises(ValueError, match=r"got the 100 training examples, all with the same"):
        audit(train, y, train, y)
    with pytest.raises(ValueError, match=r"took no part in training"):
        audit(np.eye(3)[train], y, np.eye(3)[train], y)


@pytest.mark.parametrize("labels", [np.arange(100) % 2, np.arange(100) // 50])
def test_equal_parts_that_may_be_chance_are_judged(labels):
    perfect, constant = labels, np.zeros(100, int)
    audit([perfect, constant], labels, [perfect, constant], labels)
    few = np.where(np.arange(100) == 7, 1 - labels, labels)
    audit([few], labels, [few], labels)
    audit([[0, 1, 0, 1, 1, 1]], [0, 1, 0, 1, 0, 0], [[0, 1, 0, 1, 1, 1]], [0, 1, 0, 1, 0, 0])
