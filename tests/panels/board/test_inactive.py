"""Knobs that cannot act are off, tell why, and are refused; own models show no default's values."""

import numpy as np
import pytest
from flax import nnx

from reglab import LinearConfig, MLPConfig, Session, distributions
from reglab.panels import MitchellLab
from reglab.panels.board.controls import OWN, OWN_MODEL
from reglab.panels.population.controls import PopulationControls
from reglab.training import Setup
from tests.small import OWN as DEFAULT
from tests.small import SMALL

SECONDS = 120
LINEAR = SMALL.replace(model=LinearConfig())


def model(rngs):
    return nnx.Sequential(nnx.Linear(2, 8, rngs=rngs), nnx.relu, nnx.Linear(8, 2, rngs=rngs))


@pytest.fixture
def made():
    """Makes labs and closes them."""
    labs = []

    def make(*arguments, **options):
        labs.append(MitchellLab(*arguments, **options))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()
        lab.session.close()  # which waits for what is being compiled


@pytest.mark.slow
def test_a_slider_that_cannot_act_is_off_and_tells_why_until_it_can(made):
    lab = made(LINEAR)
    slider = lab.controls.sliders["dropout_rate"]
    assert slider.widget.disabled
    assert slider.widget.tooltip == "This model has no hidden units to drop."
    assert lab.controls.batch_norm.disabled
    lab.controls.kind.value = "MLP"
    assert lab.session.wait(SECONDS)
    assert not slider.widget.disabled
    assert slider.widget.tooltip == slider.knob.help
    lab.controls.thumbs["gaussian_linear"].click()
    assert lab.session.wait(SECONDS)
    assert lab.controls.sliders["label_smoothing"].widget.disabled
    assert lab.controls.sliders["label_noise"].widget.tooltip == "These data have no such number."


def test_whatever_the_session_says_cannot_act_is_off(made, monkeypatch):
    why = {
        "dropout_rate": "Its layers have rates of their own.",
        "l1": "Because.",
        "batch_norm": "No.",
    }
    monkeypatch.setattr(Setup, "inactive", property(lambda _: why))
    lab = made(SMALL)
    for name, slider in lab.controls.sliders.items():
        assert slider.widget.disabled == (name in why), name
        assert slider.widget.tooltip == why.get(name, slider.knob.help)
    assert lab.controls.batch_norm.disabled
    assert set(lab.controls.batch_norm.tooltips) == {"No."}
    for name in ("dropout_rate", "l1"):
        with pytest.raises(ValueError, match=f"^{name}: expected .* got 0.5; {why[name]}"):
            lab.session.set(**{name: 0.5})
        with pytest.raises(ValueError, match=f"^{name}: expected .* got 0.5; {why[name]}"):
            lab.session.add_twin(**{name: 0.5})
    lab.session.set(dropout_rate=0.0)  # as it is
    assert lab.session.wait(SECONDS)
    assert lab.session.experiment.changes == ()
    assert len(lab.session.runs) == 1


def test_an_own_model_shows_nothing_of_the_default_one(made):
    lab = made(DEFAULT, model=model)
    controls = lab.controls
    for choice in (controls.kind, controls.sizes, controls.activation, controls.batch_norm):
        assert choice.disabled
        assert choice.value == OWN
        assert tuple(choice.options) == (OWN,)
    assert controls.kind.tooltip == OWN_MODEL
    assert set(controls.batch_norm.tooltips) == {OWN_MODEL}
    controls.optimizer.value = "sgd"
    assert lab.session.wait(SECONDS)
    assert lab.session.experiment == DEFAULT.replace(optimizer="sgd")
    assert controls.kind.value == OWN


@pytest.mark.parametrize("values", [{"batch_norm": True}, {"widths": (3,)}, {"activation": "tanh"}])
def test_fields_of_a_model_that_is_not_in_force_are_refused_of_twins(values):
    (name,) = values
    with pytest.raises(ValueError, match=f"^{name}: expected .*; The model is your own"):
        Session(DEFAULT, [values], model=model)
    with Session(DEFAULT, model=model) as session:
        with pytest.raises(ValueError, match=f"^{name}: expected .*; The model is your own"):
            session.add_twin(**values)
        assert session.wait(SECONDS)
        assert len(session.runs) == 1


def test_a_twin_may_bring_what_makes_a_number_act():
    plain = SMALL.replace(optimizer="sgd")
    with pytest.raises(ValueError, match=r"^momentum: expected .*; Plain gradient descent"):
        Session(plain, [{"momentum": 0.5}])
    with Session(plain, [{"momentum": 0.5, "optimizer": "momentum"}]) as session:
        assert len(session.experiments) == 2


def test_own_labels_are_shown_as_they_are(made):
    rng = np.random.default_rng(0)
    data = distributions.arrays(rng.normal(size=(300, 3)), rng.integers(0, 2, 300))
    lab = made(SMALL, distribution=data)
    assert lab.controls.sliders["label_noise"].widget.value == 0
    assert not lab.controls.sliders["label_noise"].widget.disabled
    assert lab.controls.sliders["noise"].widget.disabled


def test_a_population_over_what_cannot_act_is_refused():
    controls = PopulationControls(lambda **_: None)
    controls.sizes.value = "linear"
    with pytest.raises(ValueError, match=r"^dropout rate: expected .*; This model has no hidden"):
        controls.grid()
    controls.varied.value = "L2 penalty"
    assert len(controls.grid()) == 60
    assert controls.grid().base.model == LinearConfig()
    controls.sizes.value = "8"
    controls.varied.value = "dropout rate"
    assert controls.grid().base.model == MLPConfig(widths=(8,))
