"""Mitchell's definition for the checkpoints of any model, from predictions on held-out data."""

import hashlib
from typing import NamedTuple

import numpy as np

from reglab.config import Range, check_number
from reglab.distributions import clopper_pearson
from reglab.mitchell.classes import parts_of
from reglab.mitchell.codings import check_codings
from reglab.mitchell.paired import alone_wrong, holm, none_better, sign_test
from reglab.mitchell.repeated import check_apart
from reglab.mitchell.verdict import Verdict

LEVEL = 0.05  # how often, at most, any verdict of a kind may be wrong


class Audit(NamedTuple):
    """Verdicts on m checkpoints, and what they rest on. Errors are shares, 0 to 1.

    The first three fields are those of :class:`Verdicts`.

    Attributes:
        verdict: ``(m,)`` int32, codes of :class:`Verdict`, never OPTIMAL.
        witness: ``(m,)`` int32, index of the witness, -1 unless the verdict is OVERFITS.
        severity: ``(m,)``, error of the checkpoint minus that of its witness on the confirming
            half of the test examples; 0 unless the verdict is OVERFITS.
        train_error: ``(m,)``, errors on the training examples.
        test_error: ``(m,)``, errors on all test examples.
        low: ``(m,)``, lower bounds of the errors over the distribution that the test examples
            come from; with ``high`` they hold for all m at once with a probability of 95 %.
        high: ``(m,)``, upper bounds.
        p_value: ``(m,)``, of the claim that the candidate errs less, adjusted for all m by Holm; 1
            without a candidate.
        candidate: ``(m,)`` int32, who might be the witness, -1 where no checkpoint has a larger
            training error.
        only_h: ``(m,)`` int32, confirming examples that the checkpoint alone gets wrong.
        only_candidate: ``(m,)`` int32, those that its candidate alone gets wrong.
        num_train: number of training examples.
        num_test: number of test examples; the larger half of them confirms.
    """

    verdict: np.ndarray
    witness: np.ndarray
    severity: np.ndarray
    train_error: np.ndarray
    test_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    candidate: np.ndarray
    only_h: np.ndarray
    only_candidate: np.ndarray
    num_train: int
    num_test: int

    @property
    def num_confirming(self) -> int:
        """Number of test examples that confirm and take no part in picking candidates."""
        return self.num_test - self.num_test // 2


def audit(
    train_predictions: object,
    train_labels: object,
    test_predictions: object,
    test_labels: object,
    *,
    seed: int | None = None,
) -> Audit:
    """Judges m checkpoints of any library's model by Mitchell's definition of overfitting.

    The error over the distribution is known only from N held-out test examples, drawn from it
    independently of the training and of each other. They are shuffled and cut in two. One half
    picks for each checkpoint h its candidate h', the one with the fewest mistakes there among
    those with more training mistakes than h, ties to the lowest index. The other half confirms or
    does not. In this order, h is

    - OVERFITS: an exact paired test (:func:`sign_test`, corrected for all m by Holm) shows on the
      confirming half that h' errs less;
    - NO_WITNESS: no checkpoint makes more training mistakes, or each that does is shown to err
      more than h by such tests on all N, again corrected for all m. That speaks of the m
      checkpoints alone and does not prove that h does not overfit;
    - UNDECIDED: otherwise, and more test examples may decide.

    In at most 5 % of repetitions is any checkpoint called OVERFITS by a h' that errs no less over
    the distribution, and in at most 5 % is any wrongly called NO_WITNESS. That does not hold for
    test examples which have had a say in training, say in the choice of the checkpoints, nor for
    the best of several seeds: with 20 of them false alarms rise to 20 %. Given that it was
    confirmed, ``severity`` runs a little high; for h and h' as picked it does not.

    Args:
        train_predictions: ``(m, n)`` predicted classes, or ``(m, n, K)`` finite scores of classes 0
            to K - 1, of which the highest counts, ties to the lowest class.
        train_labels: ``(n,)`` classes. Classes are whole numbers or strings, coded alike in all
            four arrays; columns of pandas and polars and JAX arrays are taken as well.
        test_predictions: ``(m, N)`` or ``(m, N, K)``, likewise, N from 2.
        test_labels: ``(N,)``.
        seed: of the shuffling, from 0 to 2**32 - 1, fixed before the predictions were seen. Left
            out, the test labels decide how they are cut, so that there is nothing to choose.

    Raises:
        ValueError: shapes that do not fit together, no checkpoint, what cannot be a class, scores
            that are not finite, predictions and labels in different codings, or test examples that
            are the training examples.

    Warns:
        UserWarning: test examples with the scores of training examples, or one checkpoint in
            another coding than the others.

    References:
        T. M. Mitchell, Machine Learning, McGraw-Hill 1997, section 3.7.

    >>> from reglab.mitchell import explain
    >>> test_predictions = np.zeros((2, 1000), int)
    >>> test_predictions[0, :300], test_predictions[1, :200] = 1, 1
    >>> judged = audit([[0, 1, 0, 1], [0, 0, 0, 1]], [0, 1, 0, 1], test_predictions, [0] * 1000)
    >>> [Verdict(code).name for code in judged.verdict]
    ['OVERFITS', 'NO_WITNESS']
    >>> print(explain(judged, 0))  # doctest: +NORMALIZE_WHITESPACE
    h (checkpoint 0) overfits: h′ (checkpoint 1) errs more on the 4 training examples,
    25.0 % > 0.0 %, but less on held-out data, by 10.6 points on the 500 examples that confirm it
    (p < 0.0001).
    """
    if seed is not None:
        seed = check_number("seed", seed, Range(0, 2**32 - 1), integer=True)
    train, test = parts_of(train_predictions, train_labels, test_predictions, test_labels)
    check_codings(train, test)
    check_apart(train, test)
    return audit_mistakes(train.wrong, test.wrong, seed_of(test.labels) if seed is None else seed)


def seed_of(test_labels: np.ndarray) -> int:
    """The seed of the cut in two that test labels stand for, in whatever order classes are coded.

    The labels alone decide, and no prediction, so the cut is one that was fixed beforehand.

    >>> seed_of(np.array([3, 5, 5])) == seed_of(np.array(["a", "b", "b"]))
    True
    """
    _, codes = np.unique(test_labels, return_inverse=True)
    return int.from_bytes(hashlib.sha256(codes.astype("<i8").tobytes()).digest()[:4])


def audit_mistakes(train: np.ndarray, test: np.ndarray, seed: int) -> Audit:
    """The audit of m checkpoints of which it is known where they are wrong.

    Args:
        train: ``(m, n)`` booleans.
        test: ``(m, N)`` booleans.
        seed: of the shuffling.
    """
    num_test, wrong = test.shape[1], np.count_nonzero(train, axis=1)
    order = np.random.default_rng(seed).permutation(num_test)
    picking, confirming = np.split(order, [num_test // 2])
    candidate = _candidates(wrong, np.count_nonzero(test[:, picking], axis=1))
    confirmed = test[:, confirming]
    other = np.where(candidate < 0, np.arange(len(test)), candidate)  # itself, without a candidate
    only_h, only_candidate = alone_wrong(confirmed, confirmed[other])
    p_value = holm(sign_test(only_h, only_candidate))
    no_witness = holm(none_better(test, wrong > wrong[:, None])) <= LEVEL
    overfits = p_value <= LEVEL
    difference = (only_h - only_candidate) / len(confirming)
    test_wrong = np.count_nonzero(test, axis=1)
    low, high = clopper_pearson(test_wrong, num_test, LEVEL / len(test))
    undecided = np.where(no_witness, Verdict.NO_WITNESS, Verdict.UNDECIDED)
    return Audit(
        verdict=np.where(overfits, Verdict.OVERFITS, undecided).astype(np.int32),
        witness=np.where(overfits, candidate, -1).astype(np.int32),
        severity=np.where(overfits, difference, 0.0),
        train_error=wrong / train.shape[1],
        test_error=test_wrong / num_test,
        low=low,
        high=high,
        p_value=p_value,
        candidate=candidate,
        only_h=only_h.astype(np.int32),
        only_candidate=only_candidate.astype(np.int32),
        num_train=train.shape[1],
        num_test=num_test,
    )


def _candidates(train_wrong: np.ndarray, picking_wrong: np.ndarray) -> np.ndarray:
    """For each hypothesis, who does best of those with more training mistakes; -1 if none has."""
    candidate = np.full(len(train_wrong), -1, np.int32)
    for i, own in enumerate(train_wrong):
        rivals = np.flatnonzero(train_wrong > own)
        if len(rivals):
            candidate[i] = rivals[picking_wrong[rivals].argmin()]
    return candidate
