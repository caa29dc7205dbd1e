"""The Mitchell lab without a browser: own data, own models, presets."""

import numpy as np
import pytest
from flax import nnx

from reglab import distributions
from reglab.live import PRESETS
from reglab.panels import MitchellLab
from tests.small import OWN, SMALL


def own_data(shape=(400, 5)):
    rng = np.random.default_rng(0)
    return distributions.arrays(rng.normal(size=shape), rng.integers(0, 3, shape[0]))


def test_own_data_alone_train_with_their_own_labels():
    lab = MitchellLab(distribution=own_data())
    try:
        lab.session.set_pace(None)
        lab.session.step()
        assert lab.session.wait(60)
        assert lab.session.state.step > 0
        assert lab.session.experiment.hyper.label_noise == 0
        assert lab.message.value == ""  # the question of the preset is about other data
    finally:
        lab.close()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda rngs: nnx.Linear(4, 3, rngs=rngs), "got TypeError: dot_general"),
        (lambda rngs: nnx.Linear(5, 2, rngs=rngs), "expected scores of shape"),
        (lambda: nnx.Linear(5, 3, rngs=nnx.Rngs(0)), "takes nothing"),
        (lambda rngs: 3, "expected a factory"),
    ],
)
def test_a_mistake_in_an_own_model_is_told_in_one_line(model, said):
    with pytest.raises(ValueError, match=rf"model: .*{said}") as caught:
        MitchellLab(OWN, distribution=own_data(), model=model)
    assert "\n" not in str(caught.value)


def test_controls_are_shown_again_only_where_something_else_is_in_force(make):
    lab = make(MitchellLab, SMALL, steps_per_second=None)
    assert lab.session.wait(60)
    shown, show = [], lab.controls.show
    lab.controls.show = lambda *given: (shown.append(given), show(*given))
    slider = lab.controls.sliders["l2"].widget
    lab.session.play()
    assert lab.session.wait(60)
    assert lab.session.frame.status.step == SMALL.num_steps
    assert shown == []
    lab._show(lab.session.frame)
    assert shown == []
    lab.session.set(l2=0.01)  # from a cell
    assert lab.session.wait(60)
    assert (len(shown), slider.value) == (1, 0.01)
    slider.value = 0.1
    assert lab.session.wait(60)
    assert shown[-1][1].l2 == slider.value == 0.1
    lab._attempt(lab.session.set, l2=-1.0)  # refused at once
    assert slider.value == 0.1


def test_a_preset_can_be_chosen_again_after_a_change():
    lab = MitchellLab()
    try:
        lab.controls.sliders["l2"].widget.value = 0.01
        assert lab._toolbar.preset.label == "of your own"
        lab._toolbar.preset.value = "noisy-moons"
        assert lab.session.wait(60)
        assert lab.session.experiment == PRESETS["noisy-moons"].experiment
    finally:
        lab.close()
