"""Centred and scaled in 64 bits, cast last: what is told apart stays so, what is lost is said."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from reglab import Experiment, Hyper, MLPConfig, distributions, fit

G = np.random.default_rng(0).normal(size=(400, 2))
Y = (G[:, 0] > 0).astype(int)
FAR = {
    "degrees": np.array([48.1371, 11.5754]) + 4e-5 * G,
    "seconds": 1.7e9 + np.round(3600 * G),
    "whole seconds": (1.7e9 + np.round(3600 * G)).astype(np.int64),
    "huge": 1e300 * G,
    "tiny": 1e-300 * G,
    "opposite": 1.7e308 * np.clip(G / 8, -0.5, 0.5),
}


@pytest.mark.parametrize("kind", FAR)
def test_inputs_far_from_0_are_scaled_as_with_64_bits(kind):
    x = FAR[kind]
    examples = distributions.arrays(x, Y).examples
    order = np.random.default_rng(0).permutation(400)
    size = np.abs(x).max() if kind in ("huge", "tiny", "opposite") else 1
    scaler = StandardScaler().fit(x[order[120:]] / size)
    np.testing.assert_allclose(examples.x, scaler.transform(x[order[120:]] / size), atol=1e-5)
    np.testing.assert_allclose(examples.test_x, scaler.transform(x[order[:120]] / size), atol=1e-5)
    assert len(np.unique(examples.x[:, 0])) == len(np.unique(x[order[120:], 0]))


@pytest.mark.slow
def test_what_is_learnt_does_not_depend_on_where_0_lies():
    experiment = Experiment(
        max_train=100,
        num_steps=400,
        eval_every=400,
        model=MLPConfig((64,)),
        hyper=Hyper(num_train=100, label_noise=0.0),
    )
    far, near = FAR["degrees"], FAR["degrees"] - FAR["degrees"].mean(axis=0)
    errors = [
        fit(experiment, distribution=distributions.arrays(x, Y)).history.true_error[-1]
        for x in (far, near)
    ]
    assert errors[0] == errors[1] < 0.05


def test_images_are_scaled_as_a_whole():
    images = 1e6 + 1e-3 * np.random.default_rng(0).normal(size=(60, 3, 4)) * np.arange(4)
    x = distributions.arrays(images, np.arange(60) % 2).examples.x
    assert x.mean() == pytest.approx(0, abs=1e-5)
    assert x.std() == pytest.approx(1, abs=1e-5)
    assert x[..., 0].std() < 1e-4


def test_a_feature_of_one_value_stays_0_and_one_of_two_near_ones_does_not():
    one = np.stack([np.full(400, 0.1), 1e9 + (G[:, 0] > 0) * 1e-5, G[:, 1]], axis=1)
    data = distributions.arrays(one, Y)
    assert np.abs(data.examples.x[:, 0]).max() == 0
    assert len(np.unique(data.examples.x[:, 1])) == 2
    rounded = np.stack([0.1 + np.array([0, 1e-17, 2e-17, 1.4e-17] * 100), G[:, 0]], axis=1)
    assert np.abs(distributions.arrays(rounded, Y).examples.x[:, 0]).max() < 1e-16


@pytest.mark.parametrize("kind", ["degrees", "seconds", "whole seconds"])
def test_what_32_bits_cannot_tell_apart_is_refused_where_nothing_is_scaled(kind):
    with pytest.raises(ValueError, match="x: expected numbers that 32 bits can tell apart") as told:
        distributions.arrays(FAR[kind], Y, standardize=False)
    assert "column 0" in str(told.value)
    assert "\n" not in str(told.value)
    flat = distributions.arrays(np.column_stack([Y, np.full(400, 0.1)]) + G * [1, 0], Y)
    assert flat.input_shape == (2,)
    distributions.arrays(np.column_stack([G, np.full(400, 0.1)]), Y, standardize=False)
    distributions.arrays(np.column_stack([G, 2**24 - Y]), Y, standardize=False)


@pytest.mark.parametrize(
    ("x", "options", "said"),
    [
        (np.concatenate([G[:399], [[0, 1e39]]]), {"standardize": False}, "x: .* in example 399"),
        (np.concatenate([G[:399], [[0, 1e308]]]), {"test_x": [0.1, 1e307] * G}, None),
        (1.7e308 * np.sign(G), {}, "x: expected numbers that 32 bits can hold, got too large"),
        (1e-30 * G, {"test_x": 1e30 * G}, "test_x: .* got one that is too large in example"),
    ],
)
def test_what_32_bits_cannot_hold_is_refused(x, options, said):
    options |= {"test_y": Y} if "test_x" in options else {}
    if said is None:
        assert np.isfinite(distributions.arrays(x, Y, **options).examples.test_x).all()
        return
    with pytest.raises(ValueError, match=said) as error:
        distributions.arrays(x, Y, **options)
    assert "\n" not in str(error.value)
