"""Audits worked out by hand, by a plain reference, and in words."""

import numpy as np
import pytest
from scipy.stats import binomtest

from reglab.mitchell import Audit, Pool, Verdict, Verdicts, audit, badge, explain
from reglab.mitchell.audit import seed_of
from tests.mitchell.test_paired import holm_one_at_a_time

OVERFITS, NO_WITNESS, UNDECIDED = Verdict.OVERFITS, Verdict.NO_WITNESS, Verdict.UNDECIDED


def audited(train, test, **options):
    """The audit of checkpoints with these mistakes, ``(m, n)`` and ``(m, N)`` booleans."""
    train, test = np.asarray(train), np.asarray(test)
    zeros = (np.zeros(array.shape[1], int) for array in (train, test))
    return audit(train.astype(int), next(zeros), test.astype(int), next(zeros), **options)


def by_hand():
    """Four checkpoints with 0, 1, 2 and 3 training mistakes of 10, and 40 test examples."""
    train = np.arange(10) < np.arange(4)[:, None]
    picking, confirming = np.split(np.random.default_rng(0).permutation(40), 2)
    test = np.zeros((4, 40), bool)
    test[0, picking[:8]] = test[0, confirming[:12]] = True
    test[1, picking[:2]] = test[1, confirming[:2]] = True
    test[2, picking[5:7]] = test[2, confirming[5]] = True
    test[3] = True
    return audited(train, test, seed=0)


def test_by_hand():
    found = by_hand()
    # The first alone errs on 10 examples that confirm, its candidate alone on none: p = 2**-10.
    # The second and third make 2 and 1 mistakes apart: p = 1/2. All the fourth does is err.
    assert found.candidate.tolist() == [1, 2, 3, -1]
    assert found.only_h.tolist() == [10, 2, 0, 0]
    assert found.only_candidate.tolist() == [0, 1, 19, 0]
    np.testing.assert_allclose(found.p_value, [4 / 2**10, 1, 1, 1])
    assert found.verdict.tolist() == [OVERFITS, UNDECIDED, NO_WITNESS, NO_WITNESS]
    assert found.witness.tolist() == [1, -1, -1, -1]
    assert found.severity.tolist() == [0.5, 0, 0, 0]
    assert found.train_error.tolist() == [0, 0.1, 0.2, 0.3]
    assert found.test_error.tolist() == [0.5, 0.1, 0.075, 1]
    assert (found.num_train, found.num_test, found.num_confirming) == (10, 40, 20)


def test_bounds_are_clopper_and_pearsons_for_all_checkpoints_at_once():
    found = by_hand()
    for wrong, low, high in zip((20, 4, 3, 40), found.low, found.high, strict=True):
        exact = binomtest(wrong, 40).proportion_ci(1 - 0.05 / 4, "exact")
        np.testing.assert_allclose([low, high], [exact.low, exact.high])


def one_sided(more, fewer):
    return binomtest(more, more + fewer, alternative="greater").pvalue if more + fewer else 1.0


def reference(train, test, order):
    """Verdicts, witnesses and severities, pair by pair and example by example."""
    m, N = test.shape
    picking, confirming = order[: N // 2], order[N // 2 :]
    rivals = [[k for k in range(m) if train[k].sum() > train[i].sum()] for i in range(m)]

    def apart(i, k, examples):
        pairs = [(test[i, j], test[k, j]) for j in examples]
        return pairs.count((True, False)), pairs.count((False, True))

    candidates, p_values, none_better = [], [], []
    for i in range(m):
        best = min(rivals[i], key=lambda k: (test[k, picking].sum(), k), default=None)
        candidates.append(best)
        p_values.append(1.0 if best is None else one_sided(*apart(i, best, confirming)))
        none_better.append(max((one_sided(*apart(k, i, order)) for k in rivals[i]), default=0.0))
    told = []
    for i, p, q in zip(
        range(m), holm_one_at_a_time(p_values), holm_one_at_a_time(none_better), strict=True
    ):
        if p <= 0.05:
            more, fewer = apart(i, candidates[i], confirming)
            told.append((OVERFITS, candidates[i], (more - fewer) / len(confirming)))
        else:
            told.append((NO_WITNESS if q <= 0.05 else UNDECIDED, -1, 0.0))
    return told


def test_random_pools():
    rng, seen = np.random.default_rng(0), []
    for seed in range(150):
        m, N = rng.integers(1, 7), rng.integers(2, 120)
        train = rng.random((m, 8)) < rng.random((m, 1))
        test = rng.random((m, N)) < rng.choice([0.05, 0.1, 0.5, 0.9], (m, 1))
        found = audited(train, test, seed=seed)
        order = np.random.default_rng(seed).permutation(N)
        expected = reference(train, test, order)
        assert found.verdict.tolist() == [row[0] for row in expected]
        assert found.witness.tolist() == [row[1] for row in expected]
        np.testing.assert_allclose(found.severity, [row[2] for row in expected])
        assert (found.severity[found.verdict == OVERFITS] > 0).all()
        seen += found.verdict.tolist()
    assert min(seen.count(code) for code in (OVERFITS, NO_WITNESS, UNDECIDED)) > 20


def test_classes_may_be_scores_strings_booleans_or_whole_floats():
    rng = np.random.default_rng(0)
    scores = [rng.random((3, size, 2)).round(1) for size in (30, 200)]  # with ties
    labels = [rng.integers(0, 2, size) for size in (30, 200)]
    classes = [one.argmax(axis=2) for one in scores]
    names = np.array(["cat", "dog"])
    text = np.array(["cat", "dog"], np.dtypes.StringDType())
    expected = audit(classes[0], labels[0], classes[1], labels[1])
    for (a, c), (b, d) in [
        (scores, labels),
        ((scores[0], classes[1]), labels),
        ([np.float16(one) for one in scores], labels),
        ([-1 / (one + 1) for one in scores], labels),
        ([names[one] for one in classes], [names[one] for one in labels]),
        ([text[one] for one in classes], [names[one] for one in labels]),
        ([one.astype(bool) for one in classes], labels),
        ([one.astype(np.float32) for one in classes], [one.astype(np.uint8) for one in labels]),
        ([one.tolist() for one in classes], [one.tolist() for one in labels]),
        ([list(one) for one in classes], labels),
        ([one - 1 for one in classes], [one - 1 for one in labels]),
    ]:
        for ours, theirs in zip(audit(a, b, c, d), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_seed_moves_the_halves_and_nothing_else():
    rng = np.random.default_rng(3)
    train = np.arange(10) < np.arange(5)[:, None]
    test = rng.random((5, 101)) < 0.3
    found = [audited(train, test, seed=seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(found[0].p_value, found[1].p_value)
    np.testing.assert_array_equal(found[0].low, found[2].low)
    assert (found[0].only_h != found[2].only_h).any()
    assert found[0].num_confirming == 51


def test_without_a_seed_the_test_labels_decide_the_halves():
    rng = np.random.default_rng(3)
    labels = [rng.integers(2, size=n) for n in (30, 101)]
    answers = [np.where(rng.random((5, len(y))) < 0.3, 1 - y, y) for y in labels]
    other = [1 - answers[0], np.roll(answers[1], 1, axis=0)]
    seed = seed_of(labels[1])
    for train, test in (answers, other):
        found = audit(train, labels[0], test, labels[1])
        again = audit(train, labels[0], test, labels[1], seed=seed)
        for ours, theirs in zip(found, again, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert seed != seed_of(np.roll(labels[1], 1))


def test_it_stands_where_verdicts_do():
    found = by_hand()
    assert Audit._fields[:3] == Verdicts._fields
    assert [column.dtype for column in found[:2]] == [np.int32, np.int32]
    assert badge(found.verdict[3], 4) == "NO WITNESS AMONG 4"


def test_sentences():
    found = by_hand()
    assert explain(found, 0) == (
        "h (checkpoint 0) overfits: h′ (checkpoint 1) errs more on the 10 training examples, "
        "10.0 % > 0.0 %, but less on held-out data, by 50.0 points on the 20 examples that "
        "confirm it (p = 0.0039)."
    )
    assert explain(found, 1) == (
        "Undecided whether h (checkpoint 1) overfits: h′ (checkpoint 2) errs more on the 10 "
        "training examples, 20.0 % > 10.0 %, but held-out data does not confirm that it errs less "
        "there, 7.5 ± 16.8 % and 10.0 ± 17.7 % (p = 1), and more of it may decide."
    )
    assert explain(found, 3) == (
        "No witness against h (checkpoint 3) among the 4 checkpoints audited: none errs more on "
        "the 10 training examples than its 30.0 % and less on held-out data, which is no proof "
        "that h does not overfit."
    )
    assert explain(audited([[0]], [[0, 1]]), 0) == (
        "h (checkpoint 0) is the only checkpoint audited, so there is no witness against it, which "
        "is no proof that h does not overfit."
    )
    for i in range(4):
        assert "whole distribution" not in explain(found, i)


def test_a_pool_names_the_checkpoints():
    found = by_hand()
    columns = found.train_error, found.test_error, found.low, found.high
    pool = Pool(*columns, [f"epoch {i}" for i in (5, 4, 3, 1)], found.num_train)
    assert explain(found, 0, pool=pool).startswith("h (epoch 5) overfits: h′ (epoch 4) errs more")
    for i in range(4):
        assert "whole distribution" not in explain(found, i, pool=pool)
    with pytest.raises(ValueError, match=r"^pool: expected 4 hypotheses"):
        explain(found, 0, pool=Pool(*(c[:1] for c in columns), ["one"], 10))
    with pytest.raises(ValueError, match=r"^i: expected a whole number from 0 to 3, got 4"):
        explain(found, 4)
