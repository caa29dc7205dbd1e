import numpy as np
import pytest

from reglab.mitchell import Pool, Verdict, explain, judge
from tests.mitchell.reference import random_pool


def pool_of_errors(train, true, half=0.0, num_train=60, **fields):
    train, true = np.array(train) / num_train, np.array(true)
    names = [f"run “r{i}”, step {i}" for i in range(len(true))]
    return Pool(train, true, true - half, true + half, names, num_train, **fields)


def told(pool, i):
    columns = pool.train_error, pool.true_error
    verdicts = judge(*columns, low=pool.low, high=pool.high, bayes=pool.bayes)
    return explain(verdicts, i, pool=pool)


def test_the_sentence_of_an_overfit_hypothesis():
    pool = pool_of_errors([2, 12], [0.253, 0.164], 0.001)
    pool = pool._replace(
        names=["run “plain”, step 1\u202f800", "run “input noise 0.3”, step 1\u202f776"]
    )
    assert told(pool, 0) == (
        "h (run “plain”, step 1\u202f800) overfits: h′ (run “input noise 0.3”, step 1\u202f776) "
        "errs more on the 60 training examples, 20.0 % > 3.3 %, but less over the whole "
        "distribution, 16.4 ± 0.1 % < 25.3 ± 0.1 %."
    )


def test_an_exact_error_has_no_interval_and_close_errors_have_more_decimals():
    pool = pool_of_errors([1000, 1001], [0.2503, 0.2501], num_train=10000, over="held-out data")
    assert told(pool, 0) == (
        "h (run “r0”, step 0) overfits: h′ (run “r1”, step 1) errs more on the 10\u202f000 "
        "training examples, 10.01 % > 10.00 %, but less over held-out data, 25.01 % < 25.03 %."
    )


def test_the_sentence_of_an_optimal_hypothesis():
    assert told(pool_of_errors([7, 2], [0.1306, 0.2], 0.0003, bayes=0.13), 0) == (
        "h (run “r0”, step 0) is optimal: its error over the whole distribution is 13.1 ± 0.1 % "
        "and the Bayes error 13.0 %, so none can be better by more than 0.1 points."
    )


def test_the_sentence_without_a_witness():
    assert told(pool_of_errors([7, 12, 3], [0.2, 0.3, 0.1], 0.01), 0) == (
        "No witness against h (run “r0”, step 0) among the 3 hypotheses explored: none errs more "
        "on the 60 training examples than its 11.7 % and less over the whole distribution than "
        "its 20.0 ± 1.0 %, which is no proof that h does not overfit."
    )
    assert told(pool_of_errors([1], [0.2], num_train=1), 0) == (
        "h (run “r0”, step 0) is the only hypothesis explored, so there is no witness against it, "
        "which is no proof that h does not overfit."
    )
    assert " on the one training example than" in told(
        pool_of_errors([1, 0], [0.2, 0.1], num_train=1), 0
    )


def test_the_sentence_of_an_undecided_hypothesis_names_the_contender():
    pool = pool_of_errors([2, 12, 13, 1, 14], [0.17, 0.165, 0.164, 0.1, 0.3], 0.005)
    assert told(pool, 0) == (
        "Undecided whether h (run “r0”, step 0) overfits: h′ (run “r2”, step 2) errs more on the "
        "60 training examples, 21.7 % > 3.3 %, but over the whole distribution the intervals of "
        "h′ and h overlap, 16.4 ± 0.5 % and 17.0 ± 0.5 %, and a more precise true error would "
        "decide."
    )


def test_the_contender_is_one_that_may_be_better():
    # The second is known to be worse than h, the last errs no more on the training examples.
    pool = pool_of_errors([2, 12, 12, 2], [0.17, 0.171, 0.18, 0.16])
    low, high = np.array([[0.17, 0.171, 0.1, 0.1], [0.17, 0.171, 0.2, 0.2]])
    pool = pool._replace(low=low, high=high)
    assert "h′ (run “r2”, step 2)" in told(pool, 0)


@pytest.mark.parametrize(
    ("columns", "bayes", "sentence"),
    [
        (
            ([0, 1, 2], [0.25, 0.3, 0.161]),
            None,
            "Hypothesis 0 overfits: hypothesis 2 errs more on the training examples but less over "
            "the whole distribution, by 8.9 points.",
        ),
        (
            ([0, 1], [0.1, 0.2]),
            0.1,
            "Hypothesis 0 is optimal: none can be better over the whole distribution by more than "
            "0.1 points.",
        ),
        (
            ([0, 1], [0.1, 0.2]),
            None,
            "No witness against hypothesis 0 among the 2 explored: none errs more on the training "
            "examples and less over the whole distribution, which is no proof that hypothesis 0 "
            "does not overfit.",
        ),
        (
            ([0], [0.1]),
            None,
            "Hypothesis 0 is the only one explored, so there is no witness against it, which is "
            "no proof that it does not overfit.",
        ),
    ],
)
def test_sentences_by_index(columns, bayes, sentence):
    assert explain(judge(*columns, bayes=bayes), 0) == sentence


def test_undecided_by_index():
    verdicts = judge([0, 1], [0.2, 0.19], low=[0.15, 0.15], high=[0.25, 0.25])
    assert explain(verdicts, 0) == (
        "Undecided whether hypothesis 0 overfits: another errs more on the training examples, but "
        "over the whole distribution the intervals of the two overlap, and a more precise true "
        "error would decide."
    )


def test_every_verdict_of_every_pool_is_one_sentence():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(300):
        train, *bounds = random_pool(rng, rng.integers(1, 8))
        true, low, high = ((np.array(b) + 6) / 40 for b in bounds)
        names = [f"run {i}" for i in range(len(true))]
        pool = Pool(train / 60, true, low, high, names, 60, bayes=0.2)
        verdicts = judge(pool.train_error, true, low=low, high=high, bayes=0.2)
        for i, code in enumerate(verdicts.verdict):
            for sentence in (explain(verdicts, i, pool=pool), explain(verdicts, np.int64(i))):
                assert sentence.endswith(".")
                assert sentence.count(". ") == 0
                assert "{" not in sentence
            seen.add(int(code))
            assert f"h (run {i})" in explain(verdicts, i, pool=pool)
    assert seen == set(Verdict)


@pytest.mark.parametrize("i", [-1, 2, 0.5, "0"])
def test_an_index_out_of_range_is_refused(i):
    with pytest.raises(ValueError, match=r"^i: expected a whole number from 0 to 1, got"):
        explain(judge([0, 1], [0.2, 0.1]), i)


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match=r"^language: expected one of en, zh, got 'fr'$"):
        explain(judge([0, 1], [0.2, 0.1]), 0, "fr")


def test_another_pool_is_refused():
    pool = pool_of_errors([0, 1], [0.2, 0.19])
    with pytest.raises(ValueError, match=r"^pool: expected 3 hypotheses, as judged, got 2$"):
        explain(judge([0, 1, 2], [0.1, 0.1, 0.1]), 0, pool=pool)
    undecided = judge([0, 1], [0.2, 0.19], low=[0.1, 0.1], high=[0.3, 0.3])
    with pytest.raises(ValueError, match=r"^pool: expected the one that was judged"):
        explain(undecided, 0, pool=pool_of_errors([0, 1], [0.1, 0.2]))
