"""How often an audit is wrong, and how often it finds what is there, over repeated test samples.

The checkpoints share their mistakes on most examples. On the *contested* ones, a fifth of all, each
is wrong or right by a coin of its own, so that any two disagree on a tenth.
"""

import numpy as np
import pytest

from reglab.mitchell import Verdict, audit
from reglab.mitchell.audit import audit_mistakes, seed_of
from reglab.mitchell.paired import alone_wrong, sign_test

NUM_CHECKPOINTS, NUM_TRAIN, CONTESTED, SHARED = 10, 20, 0.2, 0.15
LABELS = np.zeros(NUM_TRAIN, int)
TRAIN = np.arange(NUM_TRAIN) < np.arange(NUM_CHECKPOINTS)[:, None]  # all errors differ


def equal_checkpoints(rng, num_test):
    """Mistakes on a fresh test sample, ``(m, N)``, of checkpoints with the same true error."""
    size = NUM_CHECKPOINTS, -(-num_test // 8)
    coins = np.unpackbits(rng.integers(0, 256, size, np.uint8), axis=1)[:, :num_test]
    contested, shared = (rng.random(num_test) < share for share in (CONTESTED, SHARED))
    return np.where(contested, coins, shared & ~contested).astype(np.int8)


def audited(test):
    return audit(TRAIN.astype(int), LABELS, test, np.zeros(test.shape[1], int))


@pytest.mark.parametrize(
    ("num_test", "least"),
    [(40, 0.0), (400, 0.005), pytest.param(10_000, 0.01, marks=pytest.mark.slow)],
)
def test_where_all_true_errors_are_equal_few_audits_name_a_witness(num_test, least):
    rng, repetitions = np.random.default_rng(num_test), 600
    wrong = np.zeros(2)
    for _ in range(repetitions):
        verdict = audited(equal_checkpoints(rng, num_test)).verdict
        # The last one has no rival, and is NO_WITNESS rightly.
        wrong += [(verdict[:-1] == code).any() for code in (Verdict.OVERFITS, Verdict.NO_WITNESS)]
    overfits, no_witness = wrong / repetitions
    assert least <= overfits <= 0.05
    assert no_witness <= 0.05


def test_picking_and_confirming_on_the_same_examples_would_name_many():
    rng, named, repetitions = np.random.default_rng(0), 0, 200
    for _ in range(repetitions):
        test = equal_checkpoints(rng, 2000) > 0
        best = test[1:].sum(axis=1).argmin() + 1
        more, fewer = alone_wrong(test[[0]], test[[best]])
        named += sign_test(more, fewer)[0] <= 0.05
    assert named / repetitions > 0.2


@pytest.mark.parametrize("better", [1, 9])
def test_one_that_is_better_by_two_points_is_found(better):
    rng, found, repetitions = np.random.default_rng(better), 0, 200
    for _ in range(repetitions):
        test = equal_checkpoints(rng, 10_000)
        # Of its mistakes on contested examples, a tenth of all, it mends one in five.
        test[better] &= rng.random(10_000) >= 0.2 * (test.sum(axis=0) < NUM_CHECKPOINTS)
        audit = audited(test)
        found += audit.verdict[0] == Verdict.OVERFITS and audit.witness[0] == better
    assert found / repetitions >= 0.9


def test_severity_is_that_of_the_pair_on_average():
    rng, severities = np.random.default_rng(0), []
    for _ in range(200):
        test = equal_checkpoints(rng, 10_000)
        test[4] &= rng.random(10_000) >= 0.4 * (test.sum(axis=0) < NUM_CHECKPOINTS)
        found = audited(test)
        assert found.verdict[0] == Verdict.OVERFITS
        severities.append(found.severity[0])
    standard_error = np.std(severities) / np.sqrt(len(severities))
    assert abs(np.mean(severities) - 0.04) < 4 * standard_error
    assert standard_error < 0.001


def labelled_checkpoints(rng, num_test):
    """Labels, and mistakes of checkpoints with the same true error that depend on the label."""
    labels = rng.choice(3, num_test, p=[0.6, 0.3, 0.1])
    share = np.array([[0.1, 0.3, 0.5], [0.3, 0.05, 0.05]])[np.arange(NUM_CHECKPOINTS) % 2]
    share[1::2, 0] += (share[0] @ [0.6, 0.3, 0.1] - share[1] @ [0.6, 0.3, 0.1]) / 0.6
    return labels, rng.random((NUM_CHECKPOINTS, num_test)) < share[:, labels]


@pytest.mark.parametrize("num_test", [40, 400])
def test_a_cut_that_the_labels_decide_keeps_the_level(num_test):
    rng, repetitions, wrong = np.random.default_rng(num_test), 600, 0
    for _ in range(repetitions):
        labels, mistakes = labelled_checkpoints(rng, num_test)
        verdict = audit_mistakes(TRAIN, mistakes, seed_of(labels)).verdict
        wrong += (verdict[:-1] == Verdict.OVERFITS).any()
    assert 0 < wrong / repetitions <= 0.05


def test_the_best_of_twenty_seeds_would_not_keep_it():
    rng, repetitions, wrong = np.random.default_rng(0), 60, 0
    for _ in range(repetitions):
        test = equal_checkpoints(rng, 400) > 0
        found = [audit_mistakes(TRAIN, test, seed).verdict[:-1] for seed in range(20)]
        wrong += (np.array(found) == Verdict.OVERFITS).any()
    assert wrong / repetitions > 0.1
