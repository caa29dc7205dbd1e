"""Controls: they show what is in force, whatever it is, and say what a person asked for."""

import dataclasses

import numpy as np
import pytest
from flax import nnx

from reglab import (
    AlexNetConfig,
    AttentionConfig,
    CNNConfig,
    Experiment,
    MLPConfig,
    distributions,
)
from reglab.config import LinearConfig
from reglab.live import PRESETS, REMEDIES
from reglab.panels import MitchellLab
from reglab.panels.board.controls import TWIN, Controls
from reglab.panels.kit.spaces import like, spaces
from tests.small import OWN, SMALL


@pytest.fixture
def asked():
    """What was asked for, in order."""
    return []


@pytest.fixture
def controls(asked):
    return Controls(
        set=lambda **values: asked.append(("set", values)),
        add_twin=lambda **values: asked.append(("add_twin", values)),
        configure=lambda experiment: asked.append(("configure", experiment)),
        apply_remedy=lambda name: asked.append(("apply_remedy", name)),
        shift=lambda kind, strength: asked.append(("shift", kind, strength)),
    )


UNUSUAL = Experiment(
    distribution="xor",
    model=MLPConfig(widths=(7, 5, 3), activation="gelu", batch_norm=True, order="after"),
    optimizer="momentum",
    batch_size=17,
    seed=123,
    l1_step="proximal",
    augment="flip",
).replace(num_train=77, noise=0.123, label_noise=0.111, dropout_rate=0.35, learning_rate=0.0042)
EXPERIMENTS = {name: preset.experiment for name, preset in PRESETS.items()}
EXPERIMENTS |= {"unusual": UNUSUAL, "linear": Experiment(model=LinearConfig())}
EXPERIMENTS |= {"own convolutions": Experiment("mnist1d", model=CNNConfig((3,), batch_norm=True))}


def assert_shown(controls, experiment):
    for name, slider in controls.sliders.items():
        assert slider.widget.value == getattr(experiment.hyper, name), name
    assert controls.optimizer.value == experiment.optimizer
    assert controls.batch_size.value == experiment.batch_size
    assert controls.seed.value == experiment.seed
    assert controls.l1_step.value == experiment.l1_step
    assert controls.augment.value == experiment.augment
    chosen = [n for n, thumb in controls.thumbs.items() if "reglab-chosen" in thumb._dom_classes]
    assert chosen == [experiment.distribution]
    if hasattr(experiment.model, "batch_norm"):
        assert controls.activation.value == experiment.model.activation
        order = experiment.model.order if experiment.model.batch_norm else "off"
        assert controls.batch_norm.value == order
    else:
        assert controls.sliders["dropout_rate"].widget.disabled


@pytest.mark.parametrize("first", EXPERIMENTS)
def test_what_is_in_force_is_shown_and_nothing_is_asked_for(controls, asked, first):
    for second in EXPERIMENTS:
        for name in (first, second):
            experiment = EXPERIMENTS[name]
            controls.show(experiment, experiment.hyper)
            assert_shown(controls, experiment)
            assert asked == [], name


@pytest.mark.parametrize("name", ["num_train", "noise", "label_noise", "l2", "learning_rate"])
def test_a_moved_slider_asks_for_that_value_alone(controls, asked, name):
    controls.show(UNUSUAL, UNUSUAL.hyper)
    slider = controls.sliders[name].widget
    slider.value = slider.options[1][1]
    assert asked == [("set", {name: slider.options[1][1]})]


def test_a_remedy_can_be_asked_of_a_twin(controls, asked):
    controls.mode.value = TWIN
    controls.sliders["l2"].widget.value = 0.01
    controls.batch_norm.value = "before"
    controls.sliders["learning_rate"].widget.value = 0.1
    assert asked == [
        ("add_twin", {"l2": 0.01}),
        ("add_twin", {"batch_norm": True, "order": "before"}),
        ("set", {"learning_rate": 0.1}),
    ]


def test_static_choices_ask_for_another_experiment(controls, asked):
    controls.show(SMALL, SMALL.hyper)
    controls.optimizer.value = "sgd"
    controls.thumbs["spiral"].click()
    controls.kind.value = "linear"
    controls.kind.value = "convolutions"
    made = [experiment for _, experiment in asked]
    assert made[0] == dataclasses.replace(SMALL, optimizer="sgd")
    assert made[1] == dataclasses.replace(SMALL, distribution="spiral")
    assert made[2].model == LinearConfig()
    assert made[3].model == like(CNNConfig(), SMALL.model)
    assert len(made) == 4


def test_another_model_keeps_activation_and_batch_norm(controls, asked):
    controls.show(UNUSUAL, UNUSUAL.hyper)
    for kind, config in (("attention", AttentionConfig), ("AlexNet", AlexNetConfig)):
        controls.kind.value = kind
        model = asked[-1][1].model
        assert type(model) is config
        assert (model.activation, model.batch_norm, model.order) == ("gelu", True, "after")


@pytest.mark.parametrize("kind", spaces())
def test_every_size_on_offer_is_shown_as_itself(controls, asked, kind):
    for words, model in spaces()[kind].items():
        experiment = Experiment(model=model)
        controls.show(experiment, experiment.hyper)
        assert (controls.kind.value, controls.sizes.value) == (kind, words)
        if model != type(model)():  # another size first, then this one
            controls.show(Experiment(model=type(model)()), experiment.hyper)
            controls.sizes.value = words
            assert asked.pop() == ("configure", experiment)
    assert asked == []


def test_sizes_of_an_experiments_own_stay_when_something_else_is_chosen(controls, asked):
    own = Experiment(model=CNNConfig(channels=(3,), widths=(9,)))
    controls.show(own, own.hyper)
    assert (controls.kind.value, controls.sizes.value) == ("convolutions", "3")
    controls.optimizer.value = "sgd"
    assert asked == [("configure", own.replace(optimizer="sgd"))]


def test_what_cannot_be_is_refused_and_what_is_in_force_is_shown_again():
    lab = MitchellLab(SMALL)
    try:
        lab.controls.kind.value = "AlexNet"  # needs images
        assert "expected" in lab.message.value
        assert lab.controls.kind.value == "MLP"
        assert lab.session.experiment.model == SMALL.model
    finally:
        lab.close()


def test_shift_and_what_comes_after_training_are_asked_for(controls, asked):
    assert controls.shift.strength.disabled
    assert controls.shift.kind.label == "none"
    controls.show(UNUSUAL, UNUSUAL.hyper)
    assert controls.shift.kind.label == "none"
    controls.shift.kind.value = "class_prior"
    controls.shift.strength.value = 0.5
    controls.shift.kind.label = "none"
    for name in REMEDIES:
        controls.remedy.choice.value = name
        controls.remedy.apply.click()
    assert asked[:3] == [
        ("shift", "class_prior", 0.2),
        ("shift", "class_prior", 0.5),
        ("shift", None, 0.5),
    ]
    assert asked[3:] == [("apply_remedy", name) for name in REMEDIES]


def test_the_lab_does_what_is_asked_after_training_and_says_so():
    lab = MitchellLab(SMALL)
    try:
        lab.session.set_pace(None)
        lab.session.play()
        assert lab.session.wait(60)
        lab.controls.remedy.apply.click()
        assert lab.session.wait(60)
        best = int(lab.session.runs[0].history.true_error.argmin())
        assert lab.session.frame.h == (0, best)
        assert "least error" in lab.controls.remedy.said.value
        lab.controls.shift.kind.value = "noise"
        assert lab.session.wait(60)
        lab._show(lab.session.frame)
        assert "after noise 0.2, h errs" in lab.controls.shift.said.value
    finally:
        lab.close()


@pytest.mark.slow
def test_own_data_and_an_own_model_leave_no_choice_of_others():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    data = distributions.arrays(x, np.where(x[:, 0] + rng.normal(size=200) > 0, "yes", "no"))

    def model(rngs):
        return nnx.Sequential(
            nnx.Linear(5, 16, rngs=rngs), nnx.relu, nnx.Dropout(0.2), nnx.Linear(16, 2, rngs=rngs)
        )

    lab = MitchellLab(OWN, distribution=data, model=model)
    try:
        controls = lab.controls
        assert all(thumb.disabled for thumb in controls.thumbs.values())
        assert controls.caption.value == "data of your own, classes 0 no, 1 yes"
        assert lab._toolbar.preset.disabled
        for box in (controls.kind, controls.sizes, controls.activation, controls.batch_norm):
            assert box.disabled
        assert controls.sliders["noise"].widget.disabled
        lab.session.set_pace(None)
        lab.session.play()
        assert lab.session.wait(60)
        assert lab.session.state.state == "finished"
        frame = lab.session.frame
        assert frame.over == "held-out data"
        assert frame.picture.images.shape == (SMALL.hyper.num_train, 28, 5)
        assert "whole distribution" not in frame.verdict.sentence
        controls.optimizer.value = "sgd"  # starts over, on the same data and model
        lab.session.play()
        assert lab.session.wait(60)
        assert lab.session.runs[0].distribution.examples is data.examples
    finally:
        lab.close()


def test_only_what_suits_the_inputs_is_on_offer(controls, asked):
    shift = controls.shift
    controls.show(SMALL, SMALL.hyper)
    assert controls.augment.options == ("mixup", "translation", "flip", "rotation", "noise")
    assert set(shift.kind.options.values()) == {"", *distributions.SHIFTS}
    shift.kind.value = "rotation"
    held_out = SMALL.replace(distribution="mnist1d_frozen")
    controls.show(held_out, held_out.hyper)
    assert "rotation" not in controls.augment.options
    assert set(shift.kind.options.values()) == {"", "translation", "contrast"}
    assert asked == [("shift", "rotation", 0.2), ("shift", None, 0.2)]
    assert shift.strength.disabled


def test_an_augmentation_not_in_force_does_not_stand_in_the_way_of_other_data(controls, asked):
    turned = SMALL.replace(augment="rotation")
    controls.show(turned, turned.hyper)
    controls.thumbs["mnist1d"].click()
    assert asked.pop()[1].augment == "mixup"
    turned = turned.replace(augmentation=0.5)
    controls.show(turned, turned.hyper)
    controls.thumbs["mnist1d"].click()
    assert asked.pop()[1].augment == "rotation"


def test_a_network_that_is_slow_to_judge_is_judged_less_often(controls, asked):
    controls.show(Experiment(), Experiment().hyper)
    controls.kind.value = "convolutions"
    assert asked.pop()[1].eval_every == 30
    controls.show(Experiment(model=CNNConfig(), eval_every=30), Experiment().hyper)
    controls.kind.value = "MLP"
    assert asked.pop()[1].eval_every == 6


def test_every_distribution_has_a_picture_to_press(controls):
    assert list(controls.thumbs) == list(distributions.names())


@pytest.mark.costly
@pytest.mark.parametrize("name", sorted(PRESETS, key=lambda name: name != "digits-50"))
def test_the_lab_shows_the_preset_that_was_chosen(name, monkeypatch):
    monkeypatch.setattr("reglab.training.state.EVALUATION_POINTS", 512)  # judged more quickly
    lab = MitchellLab()
    try:
        lab._toolbar.preset.value = name
        assert lab.session.wait(120)
        assert_shown(lab.controls, PRESETS[name].experiment)
        assert lab.message.value == PRESETS[name].question
        assert len(lab.session.runs) == 1 + len(PRESETS[name].twins)
    finally:
        lab.close()
