"""A distribution of the user's through each door: refused in one line, or trained and judged."""

import dataclasses

import jax
import numpy as np
import pytest

from reglab import Session, distributions, find_witness, fit, fit_population
from reglab.config import Hyper, LinearConfig
from reglab.live.pictures.brushed import LastPicture
from reglab.live.population.trained import trained
from reglab.mitchell import over_of
from reglab.panels import MitchellLab
from reglab.training import early_stopping, ensemble, errors_of
from tests.own import FAULTS, RIGHT, Half, Heir, Line, Noisy, changed, late
from tests.small import SMALL
from tests.test_project import block_after

DOORS = {
    "fit": lambda d: fit(SMALL, distribution=d),
    "fit_population": lambda d: fit_population([SMALL, SMALL], distribution=d),
    "Session": lambda d: Session(SMALL, distribution=d),
    "trained": lambda d: trained([SMALL], distribution=d),
    "MitchellLab": lambda d: MitchellLab(SMALL, distribution=d),
    "MitchellLab alone": lambda d: MitchellLab(distribution=d),
}


@pytest.fixture
def no_model(monkeypatch):
    """Fails the test where a model is built, and so where anything is traced."""

    def never(*_, **__):
        pytest.fail("a model was built")

    monkeypatch.setattr("reglab.training.modes.LabModes.build", never)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("door", ["fit", "fit_population"])
def test_faults_are_refused_in_one_line(door, fault, no_model):
    make, said = FAULTS[fault]
    with pytest.raises(ValueError, match=said) as caught:
        DOORS[door](make())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", ["labels 1/2", "mass sums to n", "sample raises", "posterior"])
def test_every_door_refuses(door, fault, no_model):
    make, said = FAULTS[fault]
    with pytest.raises(ValueError, match=said):
        DOORS[door](make())


@pytest.mark.parametrize("mass", [False, True])
def test_a_panel_refuses_what_only_the_whole_size_shows(mass, no_model):
    with pytest.raises(ValueError, match=r"expected (labels|mass)"):
        MitchellLab(SMALL, distribution=late(mass))


@pytest.mark.costly
@pytest.mark.parametrize("kind", RIGHT)
def test_right_ones_train_and_are_judged(kind):
    distribution = RIGHT[kind]()
    run = fit(SMALL.replace(label_noise=0.0), distribution=distribution)
    assert run.history.true_error[-1] < run.history.true_error[0]
    assert run.history.train_loss[-1] < run.history.train_loss[0]
    assert "overfit" in find_witness(run).sentence
    errors = errors_of(run.hypotheses[-1], run)
    assert errors.true_error.value == pytest.approx(float(run.history.true_error[-1]), abs=0.02)
    assert errors.train_error == pytest.approx(float(run.history.train_error[-1]), abs=1e-6)
    assert over_of(run.distribution) == "the whole distribution"


def test_arrays_train_as_those_of_jax_do():
    runs = [fit(SMALL, distribution=RIGHT[kind]()) for kind in ("bare", "arrays", "bools")]
    for other in runs[1:]:
        np.testing.assert_array_equal(other.history.true_error, runs[0].history.true_error)
        np.testing.assert_array_equal(other.history.train_loss, runs[0].history.train_loss)


def test_the_object_is_found_in_the_run():
    own = Half()
    run = fit(SMALL, distribution=own)
    assert run.distribution.own is own
    assert run.distribution.threshold == own.threshold
    heir = Heir()
    assert isinstance(fit(SMALL, distribution=heir).distribution, Heir)


def test_numbers_move_the_object():
    hyper = Hyper(num_train=40, noise=0.3, label_noise=0.25)
    run = fit(dataclasses.replace(SMALL, hyper=hyper), distribution=Noisy())
    assert run.distribution.own == Noisy(0.3, 0.25)
    assert run.history.true_error.min() >= 0.25  # where every answer is right but for the flips
    with pytest.raises(ValueError, match=r"sample: expected .* ValueError: noise: expected"):
        fit(SMALL.replace(noise=0.6), distribution=Noisy())


def test_a_session_and_a_panel_play_it():
    for door in ("Session", "MitchellLab"):
        opened = DOORS[door](Noisy())
        session = opened if door == "Session" else opened.session
        try:
            session.set_pace(None)
            session.play()
            assert session.wait(60)
            assert session.state.state == "finished"
            assert session.frame.picture.bayes is None
            session.set(label_noise=0.3)
            session.shift("rotation", 0.2)
            session.play()
            assert session.wait(60)
            assert session.state.state == "finished"
            assert "whole distribution" in session.frame.shift_sentence
        finally:
            opened.close()


@pytest.mark.slow
def test_a_finished_run_is_shown_and_stopped():
    run = fit(SMALL, distribution=Noisy())
    picture = LastPicture()(run)
    assert (picture.bayes, picture.x.shape) == (None, (40, 2))
    assert early_stopping(run)[0].rule == "patience"
    shares = distributions.shift_errors(run, run.distribution, "noise", [0.5]).error
    assert shares[0] == pytest.approx(float(run.history.true_error[-1]), abs=0.02)


@pytest.mark.slow
def test_populations_train_it_as_fit_does():
    alone = fit(SMALL, distribution=Noisy())
    together = fit_population([SMALL, SMALL.replace(draw=1)], distribution=Noisy()).runs
    np.testing.assert_allclose(together[0].history.true_error, alone.history.true_error, atol=1e-6)
    assert find_witness(alone, together[0]).sentence


@pytest.mark.slow
def test_regression_of_the_users():
    experiment = dataclasses.replace(SMALL, model=LinearConfig())
    run = fit(experiment, distribution=Line())
    assert run.history.true_error[-1] < run.history.true_error[0]
    assert errors_of(ensemble([run]), run).true_error.value == pytest.approx(0.2)
    assert errors_of(run.hypotheses[-1], run).train_error < 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"noise": -1.0}, "noise: expected a number from 0, got -1.0"),
        ({"num_classes": 2}, "num_classes: expected 1 for squared errors, got 2"),
        ({"sample": lambda key, n: (np.ones((n, 1)), np.ones((n, 1)))}, "targets y of shape"),
        ({"sample": lambda key, n: (np.ones((n, 1)), np.full(n, np.nan))}, "finite targets y"),
        ({"evaluation": lambda key, n: (np.ones((n, 1)), np.ones(n))}, "means of y of shape"),
        (
            {"evaluation": lambda key, n: (x := jax.random.normal(key, (n, 1)), 3 * x)},
            "means of y whose variance is 1, .*; divide y by its standard deviation",
        ),
    ],
)
def test_faults_of_a_regression_are_refused(change, said, no_model):
    line = Line()
    for name, value in change.items():
        setattr(line, name, value)
    with pytest.raises(ValueError, match=said) as caught:
        fit(dataclasses.replace(SMALL, model=LinearConfig()), distribution=line)
    assert "\n" not in str(caught.value)


def test_the_class_of_the_readme_trains(capsys):
    exec(block_after("own-distribution"), {})
    assert "method='monte-carlo'" in capsys.readouterr().out


@pytest.mark.slow
def test_true_error_takes_a_bare_object_and_checks_what_it_draws():
    own = changed(mass=lambda m: m * len(m))
    with pytest.raises(ValueError, match=r"sums to 1, .* a sum 1.64e"):
        distributions.true_error_from(own, lambda x: x)
    own = changed(y=lambda y: y + 1, method="monte-carlo")
    with pytest.raises(ValueError, match="labels y from 0 to 1, got 1 to 2"):
        distributions.true_error_from(own, lambda x: x)
