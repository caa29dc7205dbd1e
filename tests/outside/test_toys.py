"""The package of the page adds one of each family, and a panel has them."""

import dataclasses
import json

import jax
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Grid, distributions, fit, fit_population, live, nn, theory
from reglab.config import CLASSIFIERS, MODELS
from reglab.panels import ClaimsLab, MitchellLab
from reglab.panels.board.controls import Controls
from reglab.panels.population.controls import PopulationControls

from .conftest import FAMILIES


@pytest.fixture(scope="module")
def run(toys):
    return fit(toys.PRESET.experiment)


def test_members_join_at_the_end(toys):
    members = (toys.Stripe, toys.Gated, toys.CLAIM, toys.PRESET, toys.PICTURE, toys.GapLab)
    for (name, family), member in zip(FAMILIES, members, strict=True):
        assert list(family.items())[-1] == (name, member)
    assert MODELS["gated"] is toys.GatedConfig


def test_an_experiment_names_them_and_comes_back_from_json(toys):
    experiment = Experiment(distribution="stripe", model=toys.GatedConfig(32))
    again = Experiment.from_json(experiment.to_json())
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert json.loads(experiment.to_json())["model"] == {"kind": "gated", "units": 32}
    grid = Grid(toys.PRESET.experiment, product={"model.units": [4, 32], "noise": [0, 0.5]})
    assert Grid.from_json(grid.to_json()) == grid
    assert grid[3].model == toys.GatedConfig(32)


def test_fit_trains_them_and_names_nothing_as_the_users_own(toys, run):
    assert run.experiment.own == ()
    assert run.experiment == toys.PRESET.experiment
    assert run.history.true_error[-1] < run.history.true_error[0]
    assert type(run.distribution) is toys.Stripe
    x, mass = (np.asarray(part) for part in run.distribution.evaluation(jax.random.key(0), 16_384))
    right = mass[np.arange(len(x)), np.asarray(run.hypotheses[-1](x)).argmax(axis=1)].sum()
    assert run.history.true_error[-1] == pytest.approx(1 - right, abs=1e-5)


@pytest.mark.slow
def test_a_population_trains_them_too(toys, run):
    (member,) = fit_population([toys.PRESET.experiment])
    np.testing.assert_allclose(member.history.train_loss, run.history.train_loss, rtol=1e-5)


def test_the_model_folds_and_its_weights_are_read_back(toys, run, tmp_path):
    model = toys.Gated(2, 32, 3, dropout_rate=0.5, rngs=nnx.Rngs(0))
    plain = nn.fold(model)
    x = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    expected = nn.inference(model)(x)
    np.testing.assert_array_equal(plain(x), expected)
    assert float(plain.dropout.rate[...]) == 0
    assert plain.last.kernel is not model.last.kernel
    nn.save_weights(tmp_path / "h.safetensors", plain)
    loaded = nn.load_weights(tmp_path / "h.safetensors")
    assert type(loaded) is toys.Gated
    assert loaded.units == 32
    np.testing.assert_array_equal(loaded(x), expected)
    nn.save_weights(tmp_path / "h.safetensors", run.hypotheses[-1])
    np.testing.assert_array_equal(
        nn.load_weights(tmp_path / "h.safetensors")(x), run.hypotheses[-1](x)
    )


def test_what_a_copy_does_not_fold_is_refused(toys):
    for scaling, norm in (("classic", False), ("inverted", True)):
        model = toys.Gated(2, 4, 2, rngs=nnx.Rngs(0))
        model.dropout.scaling = scaling
        if norm:
            model.made_of = (*toys.Gated.made_of, nn.BatchNorm)
            model.norm = nn.BatchNorm(4, rngs=nnx.Rngs(0))
        with pytest.raises(ValueError, match=r"^model: expected Gated\.fold_into, .* at ") as told:
            nn.fold(model)
        assert "\n" not in str(told.value)


def test_the_claim_is_checked_and_listed(toys):
    check = theory.check("edge-1", seed=3)
    assert check.passed
    assert check.prediction == {"error of the edge": 0.125}
    lab = ClaimsLab("edge-1", seed=1)
    try:
        assert [id for _, id in lab.menu.options] == list(theory.CLAIMS)
        lab.run()
        assert lab.wait(120).passed
        assert lab.view.content["state"] == "passed"
    finally:
        lab.close()


def test_the_lab_shows_the_preset_and_trains_it(toys):
    lab = MitchellLab(preset="stripe-gated")
    try:
        controls = lab.controls
        assert lab.message.value == toys.PRESET.question
        assert lab.view.thumbnails["stripe"] == toys.Stripe.thumbnail()
        assert [name for name in controls.thumbs if "reglab-chosen" in classes(controls, name)] == [
            "stripe"
        ]
        assert controls.caption.value == "left &amp; right"
        assert (controls.kind.value, controls.sizes.value) == ("gated", "8")
        assert controls.sizes.options == ("8", "32")
        assert controls.activation.disabled
        lab.session.set_pace(None)
        lab.session.play()
        assert lab.session.wait(120)
        assert lab.session.state.state == "finished"
        assert [run.name for run in lab.session.runs] == ["plain", "dropout 0.5"]
        assert lab.session.frame.picture is not None
        assert lab.session.experiment == toys.PRESET.experiment
    finally:
        lab.close()


def classes(controls, name):
    return controls.thumbs[name]._dom_classes


def test_controls_offer_them_to_whoever_starts_elsewhere(toys):
    asked = []
    controls = Controls(
        set=print,
        add_twin=print,
        configure=asked.append,
        apply_remedy=print,
        shift=print,
    )
    controls.show(Experiment(), Experiment().hyper)
    controls.thumbs["stripe"].click()
    controls.kind.value = "gated"
    controls.show(toys.PRESET.experiment, toys.PRESET.experiment.hyper)
    controls.sizes.value = "32"
    assert asked == [
        Experiment(distribution="stripe"),
        Experiment(model=toys.GatedConfig()),
        dataclasses.replace(toys.PRESET.experiment, model=toys.GatedConfig(32)),
    ]
    population = PopulationControls(print)
    population.thumbs["stripe"].click()
    population.sizes.value = "gated 8"
    base = population.grid().base
    assert (base.distribution, base.model) == ("stripe", toys.GatedConfig())


def test_what_left_is_known_no_more(toys):
    experiment = toys.PRESET.experiment
    text = experiment.to_json()
    for family, name in ((distributions.REGISTRY, "stripe"), (CLASSIFIERS, "gated")):
        member = family[name]
        family.unregister(name)
        try:
            with pytest.raises(ValueError, match=r"expected one of .*got '(stripe|gated)'"):
                Experiment.from_json(text)
        finally:
            family.register(name, member)
    assert Experiment.from_json(text) == experiment
    with pytest.raises(ValueError, match=r"preset: expected one of noisy-moons, .*, got 'toy'"):
        live.PRESETS.unregister("toy")


def test_a_config_whose_model_left_has_no_name(toys):
    experiment = toys.PRESET.experiment
    CLASSIFIERS.unregister("gated")
    try:
        with pytest.raises(ValueError, match="model: expected one that has a name, got GatedCon"):
            experiment.to_json()
        with pytest.raises(ValueError, match="config: expected a configuration of a model, got Ga"):
            nn.build(experiment.model, (2,), 2, rngs=nnx.Rngs(0))
    finally:
        CLASSIFIERS.register("gated", toys.Gated)
