"""Certificates of runs: what is proved, in numbers and in words, and what is refused."""

import dataclasses
import re

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, MLPConfig, certify, find_witness, fit
from reglab.distributions import get
from reglab.mitchell import not_certified, pool_of
from reglab.mitchell.certificate import Bounds, Known, layers_of
from reglab.mitchell.certificate.words import between, sentence
from reglab.nn import CNN, MLP, LinearClassifier, fold
from tests.mitchell.fake_runs import fake_run
from tests.small import PLANAR

from .nets import module, random_weights


@pytest.fixture(scope="module")
def run():
    return fit(Experiment(model=MLPConfig(widths=(32, 32)), num_steps=600, eval_every=30))


def with_hypotheses(run, hypotheses):
    """The run, were its hypotheses these, from row 0 up."""
    return dataclasses.replace(
        run, hypotheses=[*hypotheses, *list(run.hypotheses)[len(hypotheses) :]]
    )


def test_what_is_proved_agrees_with_what_is_estimated(run):
    found, estimated = certify(run), find_witness(run)
    assert found.overfits is True
    assert found.addresses == (estimated.hypothesis, estimated.witness)
    history, (row, other) = run.history, (-1, found.addresses[1][1])
    for bounds, i in ((found.h, row), (found.witness, other)):
        assert bounds.low <= history.true_high[i]
        assert history.true_low[i] <= bounds.high
        assert bounds.high - bounds.low <= 0.02
    assert found.h.low > found.witness.high
    assert found.difference.low > 0
    assert found.difference.low <= estimated.severity <= found.difference.high
    for train, i in ((found.train_h, row), (found.train_witness, other)):
        assert train == (round(float(history.train_error[i]) * 60),) * 2
    assert found.num_train == 60
    assert found.cells <= 20_000
    told = r"Certified: h \(run “plain”, step 600\) overfits\. h′ \(run “plain”, step \d+\) errs "
    told += (
        r"more on the 60 training examples, [\d.]+ % > [\d.]+ %, and over the whole distribution "
    )
    told += (
        r"the error of h lies between [\d.]+ and [\d.]+ %, that of h′ between [\d.]+ and [\d.]+ %\."
    )
    assert re.fullmatch(told, found.sentence)


def test_a_hypothesis_that_errs_no_less_is_no_witness(run):
    _, row = find_witness(run).witness
    found = certify(run, row=row, witness=(0, len(run.history.step) - 1))
    assert found.overfits is False
    assert found.addresses == ((0, row), (0, len(run.history.step) - 1))
    assert "is no witness against h (run “plain”, step" in found.sentence


def test_a_twin_may_be_the_witness(run):
    found = certify(run, run, witness=(1, find_witness(run).witness[1]), max_seconds=5.0)
    assert found.overfits is True
    assert found.addresses[1][0] == 1


def test_a_budget_that_ends_leaves_it_open(run):
    found = certify(run, max_cells=1)
    assert found.overfits is None
    assert found.sentence.startswith("Not certified: ")
    assert found.h.low < found.witness.high
    slow = certify(run, max_seconds=0)
    assert slow.overfits is None


def test_examples_whose_scores_may_tie_are_counted_both_ways(run):
    """Both scores are one sum, so that no training example has a certain answer."""
    weights = random_weights(np.random.default_rng(0), 8)
    weights[1] = tuple(np.repeat(part[..., :1], 2, axis=-1) for part in weights[1])
    first = module(weights)
    found = certify(with_hypotheses(run, [first]), witness=(0, 0), max_cells=2000)
    assert found.train_witness == (0, 60)
    assert found.overfits is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"row": 99}, "row: expected a whole number from -21 to 20, got 99"),
        ({"witness": (0, 99)}, "witness: expected the run and the row of one of them, got (0, 99)"),
        ({"width": 2}, "width: expected a number from 0 to 1, got 2"),
        ({"max_cells": 0}, "max_cells: expected a whole number from 1 to 1e+08, got 0"),
    ],
)
def test_wrong_arguments_are_refused(run, options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        certify(run, **options)


def test_nothing_of_larger_training_error_is_refused(run):
    worst = int(np.argmax(run.history.train_error))
    with pytest.raises(ValueError, match="expected some hypothesis of larger training error"):
        certify(run, row=worst)


def rngs():
    return nnx.Rngs(0)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: MLP(2, (4,), 2, activation="tanh", rngs=rngs()), "rounding is known, got tanh"),
        (
            lambda: MLP(2, (4,), 3, rngs=rngs()),
            "2 inputs and 2 scores for a certificate, got 2 and 3",
        ),
        (lambda: LinearClassifier(3, 2, rngs=rngs()), "got 3 and 2"),
        (lambda: MLP(2, (4,), 2, batch_norm=True, rngs=rngs()), "reglab.nn.fold(model) makes one"),
        (lambda: MLP(2, (4,), 2, dropout_rate=0.5, rngs=rngs()), "reglab.nn.fold(model) makes one"),
        (lambda: CNN((8, 8), (4,), 2, rngs=rngs()), "dense network of the lab's own"),
        (lambda: nnx.Linear(2, 2, rngs=rngs()), "for a certificate, got Linear"),
        (
            lambda: MLP(2, (4,), 2, param_dtype=jnp.bfloat16, rngs=rngs()),
            "finite weights in float32 for a certificate, got bfloat16 in layer 0",
        ),
    ],
)
def test_networks_without_bounds_are_refused(model, message):
    with pytest.raises(ValueError, match=f"^h: .*{re.escape(message)}.*$"):
        layers_of(model())


def test_weights_that_are_not_finite_are_refused():
    model = LinearClassifier(2, 2, rngs=rngs())
    model.linear.kernel.set_value(jnp.full((2, 2), jnp.nan))
    with pytest.raises(ValueError, match="that are not finite"):
        layers_of(model)


def test_a_folded_network_has_layers():
    model = MLP(2, (4, 4), 2, dropout_rate=0.5, batch_norm=True, rngs=rngs())
    assert len(layers_of(fold(model))) == 3


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        (get("digits"), "distribution: expected one on the plane for a certificate, got digits"),
        (
            get("moons", noise=0.001),
            "noise: expected 0 or at least 0.002 for proved masses, got 0.001",
        ),
    ],
)
def test_distributions_without_proved_masses_say_so(distribution, message):
    assert not_certified(distribution) == message


def test_a_planar_distribution_of_another_kind_says_so():
    class Other(type(get("gauss"))):
        cell_masses = type(get("gauss")).__mro__[1].cell_masses

    assert "expected a distribution with proved masses, got" in not_certified(Other())


@pytest.mark.parametrize("name", PLANAR)
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_every_planar_distribution_can_be_certified(name, noise):
    assert (
        not_certified(get(name, noise=noise), module(random_weights(np.random.default_rng(0))))
        == ""
    )


def test_bounds_are_rounded_outwards():
    assert between(Bounds(0.26149, 0.26301)) == ("26.1", "26.4")
    assert between(Bounds(0.26149, 0.26301), 2) == ("26.14", "26.31")
    known = Known(Bounds(0.26301, 0.2641), Bounds(0.25, 0.26299), Bounds(0.0, 0.1), 1)
    pool, _ = pool_of([fake_run([0, 6], [0.26, 0.25])])
    said = sentence(True, known, pool, (0, 1))
    assert said == (
        "Certified: h (run 1, step 0) overfits. h′ (run 1, step 6) errs more on the 60 training "
        "examples, 10.0 % > 0.0 %, and over the whole distribution the error of h lies between "
        "26.301 and 26.410 %, that of h′ between 25.000 and 26.299 %."
    )
