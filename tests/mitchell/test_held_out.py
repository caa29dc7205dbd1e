"""Runs on one's own data: judged by paired tests on held-out examples."""

import jax
import numpy as np
import pytest

from reglab import (
    Experiment,
    Hyper,
    LinearConfig,
    Verdict,
    audit,
    distributions,
    find_witness,
    fit,
)
from tests.small import SMALL

COUNT, NUM_TRAIN = 12_000, 60


def data_of(count):
    """Moons as if nobody knew where they come from."""
    x, y = distributions.get("moons", noise=0.3, label_noise=0.2).sample(jax.random.key(1), count)
    return distributions.arrays(np.asarray(x), np.asarray(y), test_share=0.9)


@pytest.fixture(scope="module")
def few():
    return data_of(4000)


@pytest.fixture(scope="module")
def runs():
    data = data_of(COUNT)
    experiment = Experiment(
        max_train=NUM_TRAIN,
        num_steps=600,
        eval_every=30,
        hyper=Hyper(num_train=NUM_TRAIN, label_noise=0.0, learning_rate=0.01),
    )
    return [fit(experiment.replace(l2=l2), distribution=data) for l2 in (0.0, 0.01)]


@pytest.mark.slow
def test_the_verdict_is_that_of_an_audit_of_the_same_predictions(runs):
    found = find_witness(*runs)
    examples = runs[0].distribution.examples
    train = runs[0].distribution.sample(jax.random.key(runs[0].experiment.draw), NUM_TRAIN)
    answers = [
        np.array([np.argmax(h(x), axis=1) for run in runs for h in run.hypotheses])
        for x in (train.x, examples.test_x)
    ]
    expected = audit(answers[0], train.y, answers[1], examples.test_y)
    last = len(runs[0].hypotheses) - 1
    assert found.verdict == Verdict(int(expected.verdict[last])) == Verdict.OVERFITS
    run, row = divmod(int(expected.witness[last]), last + 1)
    assert found.witness == (run, row)
    assert found.severity == pytest.approx(expected.severity[last])
    assert found.sentence.startswith("h (run “plain”, step 600) overfits: h′ (run “")
    assert "held-out data" in found.sentence
    assert "whole distribution" not in found.sentence


def test_label_noise_flips_held_out_labels_too(few):
    data = distributions.with_numbers(few, label_noise=0.25)
    clean, noisy = (d.test_sample(jax.random.key(0)) for d in (few, data))
    np.testing.assert_array_equal(clean.y, data.examples.test_y)
    np.testing.assert_array_equal(clean.x, noisy.x)
    flipped = np.mean(np.asarray(clean.y) != np.asarray(noisy.y))
    assert flipped == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / data.num_test))


def test_a_run_alone_and_its_past(few):
    run = fit(SMALL.replace(model=LinearConfig()), distribution=few)
    first = find_witness(run, row=0, past_only=True)
    assert first.verdict == Verdict.NO_WITNESS
    assert "the only checkpoint" in first.sentence
