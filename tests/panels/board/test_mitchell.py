"""The Mitchell lab without a browser: own data, own models, presets."""

import numpy as np
import pytest
from flax import nnx

from reglab import distributions
from reglab.live import PRESETS
from reglab.panels import MitchellLab
from tests.small import OWN


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
