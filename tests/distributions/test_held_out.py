"""Data whose distribution nobody knows: what is drawn, what is held out, what is refused."""

import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mnist1d.data import get_dataset_args, make_dataset
from scipy.stats import binomtest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from reglab import Experiment, Hyper, LinearConfig, distributions, fit
from reglab.distributions import mnist1d_frozen

KEY = jax.random.key(8)
FROZEN = ("mnist1d_frozen", "mnist1d_shuffled")


@pytest.fixture(scope="module")
def cancer():
    x, y = load_breast_cancer(return_X_y=True)
    return distributions.get("arrays", x=x, y=np.array(["no", "yes"])[y]), x, y


@pytest.mark.slow
def test_the_frozen_set_is_the_packages():
    expected = make_dataset(get_dataset_args())
    distribution = distributions.get("mnist1d_frozen")
    sample = distribution.sample(KEY, 4000)
    order = np.asarray(distribution.members(KEY, 4000))
    np.testing.assert_allclose(sample.x, expected["x"][order], atol=1e-6)
    np.testing.assert_array_equal(sample.y, expected["y"][order])
    np.testing.assert_array_equal(np.sort(order), np.arange(4000))
    x, mass = distribution.evaluation(KEY, 16_384)
    np.testing.assert_allclose(x, expected["x_test"], atol=1e-6)
    np.testing.assert_array_equal(np.asarray(mass).argmax(axis=1), expected["y_test"])


def test_the_shuffled_set_is_the_frozen_one_in_another_order_of_positions():
    frozen, shuffled = (distributions.get(name).examples for name in FROZEN)
    order = [int(np.abs(shuffled.x[0] - value).argmin()) for value in frozen.x[0]]
    assert sorted(order) == list(range(40))
    assert order != list(range(40))
    np.testing.assert_allclose(shuffled.x[:, order], frozen.x, atol=1e-6)
    np.testing.assert_allclose(shuffled.test_x[:, order], frozen.test_x, atol=1e-6)
    np.testing.assert_array_equal(shuffled.y, frozen.y)


def test_making_the_frozen_set_leaves_global_generators_alone(monkeypatch):
    def seeding(arguments):
        random.seed(arguments.seed)
        np.random.seed(arguments.seed)  # noqa: NPY002
        return dict.fromkeys(("x", "x_test", "y", "y_test"), np.zeros((2, 40)))

    monkeypatch.setattr("mnist1d.data.make_dataset", seeding)
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    mnist1d_frozen.frozen_set.__wrapped__(is_shuffled=False)
    found = random.random(), np.random.rand()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    assert found == (random.random(), np.random.rand())  # noqa: NPY002


def test_without_the_package_the_name_says_what_to_install(monkeypatch):
    monkeypatch.setattr(mnist1d_frozen, "is_installed", lambda: False)
    for name in FROZEN:
        with pytest.raises(ValueError, match=r"expected the package mnist1d.*reglab\[data\]"):
            distributions.get(name)
    assert distributions.get("mnist1d").num_classes == 10  # needs no package


def test_parts_are_apart_and_scaled_by_the_training_part(cancer):
    data, x, y = cancer
    assert distributions.check(data) is data
    assert (data.num_train, data.num_test) == (398, 171)
    assert (data.input_shape, data.num_classes, data.method) == ((30,), 2, "held-out")
    examples = data.examples
    assert examples.classes == ("no", "yes")
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[171:], order[:171]
    scaler = StandardScaler().fit(x[train])
    np.testing.assert_allclose(examples.x, scaler.transform(x[train]), atol=2e-5)
    np.testing.assert_allclose(examples.test_x, scaler.transform(x[test]), atol=2e-4)
    np.testing.assert_array_equal(examples.y, y[train])
    np.testing.assert_array_equal(examples.test_y, y[test])


def test_a_sample_is_a_part_of_the_training_examples(cancer):
    data = cancer[0]
    few, many = data.sample(KEY, 20), data.sample(KEY, 398)
    np.testing.assert_array_equal(few.x, many.x[:20])
    members = np.asarray(data.members(KEY, 398))
    assert len(set(members.tolist())) == 398
    np.testing.assert_array_equal(many.x, data.examples.x[members])
    assert not np.array_equal(members, data.members(jax.random.key(9), 398))
    with pytest.raises(ValueError, match="max_train: expected at most the 398 examples"):
        data.sample(KEY, 399)
    noisy = distributions.with_numbers(data, label_noise=0.4, noise=3.0)
    np.testing.assert_array_equal(noisy.clean_labels(KEY, 398), many.y)
    assert 0.3 < np.mean(np.asarray(noisy.sample(KEY, 398).y) != np.asarray(many.y)) < 0.5


def test_the_error_is_that_over_the_held_out_data_with_its_exact_interval(cancer):
    data = cancer[0]
    model = LogisticRegression(max_iter=500).fit(data.examples.x, data.examples.y)
    wrong = int((model.predict(data.examples.test_x) != data.examples.test_y).sum())
    assert wrong > 0
    expected = binomtest(wrong, 171).proportion_ci(0.95, "exact")
    found = data.true_error(model.predict_proba)
    assert found.value == pytest.approx(wrong / 171)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert (found.num_points, found.method) == (171, "held-out")
    eta = 0.2
    noisy = distributions.with_numbers(data, label_noise=eta).true_error(model.predict_proba)
    assert noisy.value == pytest.approx(eta + (1 - 2 * eta) * wrong / 171, abs=1e-6)
    assert noisy.low < noisy.value < noisy.high


def test_a_run_on_own_data(cancer):
    data = cancer[0]
    hyper = Hyper(num_train=100, label_noise=0.0, learning_rate=0.01)
    experiment = Experiment(
        max_train=398, num_steps=60, eval_every=20, model=LinearConfig(), hyper=hyper
    )
    run = fit(experiment, distribution=data)
    last = data.true_error(run.hypotheses[-1])
    assert run.history.true_error[-1] == pytest.approx(last.value, abs=1e-6)
    assert run.history.true_low[-1] < last.low  # bounds for a whole run are wider
    assert run.history.true_high[-1] > last.high
    with pytest.raises(ValueError, match="max_train: expected at most the 398 examples"):
        fit(Experiment(), distribution=data)


def test_own_test_examples_are_held_out():
    rng = np.random.default_rng(0)
    x, test_x = rng.normal(size=(50, 4, 3)), rng.normal(size=(30, 4, 3))
    y, test_y = rng.integers(0, 3, 50), np.arange(30) % 4
    data = distributions.arrays(x, y, test_x=test_x, test_y=test_y, standardize=False)
    assert data.image_shape == data.input_shape == (4, 3)
    assert data.examples.classes == (0, 1, 2, 3)  # one of them to be met in the test alone
    order = np.lexsort(data.examples.test_x[:, 0].T)
    wanted = np.lexsort(np.float32(test_x)[:, 0].T)
    np.testing.assert_array_equal(data.examples.test_x[order], np.float32(test_x)[wanted])
    np.testing.assert_array_equal(data.examples.test_y[order], test_y[wanted])
    assert not np.array_equal(data.examples.test_y, test_y)  # in random order


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16, np.float64])
def test_inputs_of_any_numbers(dtype):
    x = np.random.default_rng(1).integers(0, 2, (40, 25)).astype(dtype)
    data = distributions.arrays(x, np.arange(40) % 2 == 0, standardize=False)
    assert data.examples.x.dtype == np.float32
    assert data.examples.classes == (False, True)
    everything = np.concatenate([data.examples.x, data.examples.test_x])
    np.testing.assert_array_equal(np.unique(everything), [0, 1])


def test_a_constant_feature_becomes_nothing_and_images_keep_their_shades():
    rng = np.random.default_rng(2)
    x = np.stack([np.full(60, 1e8), rng.normal(5, 3, 60)], axis=1)
    data = distributions.arrays(x, np.arange(60) % 2)
    assert np.abs(data.examples.x[:, 0]).max() == 0
    assert data.examples.x[:, 1].std() == pytest.approx(1, abs=1e-5)
    images = rng.uniform(size=(60, 3, 3)) * np.array([1e-3, 1.0, 1.0])
    scaled = distributions.arrays(images, np.arange(60) % 2).examples.x
    assert scaled.std() == pytest.approx(1, abs=1e-5)
    assert scaled[..., 0].std() < 0.01


ROWS = np.zeros((10, 2))
TWO = np.arange(10) % 2
BAD = [
    (
        {"x": [np.zeros((2, 2)), np.zeros((3, 2))], "y": [0, 1]},
        r"x: .* one shape, got \(2, 2\) and",
    ),
    ({"x": [[1.0, 2.0], [3.0]], "y": [0, 1]}, r"x: expected inputs of one shape, got \(1,\) and"),
    ({"x": [[[1], [2, 3]]] * 4, "y": TWO[:4]}, "x: expected inputs of one shape, got no shape"),
    ({"x": None, "y": TWO}, "x: expected finite numbers, got a missing"),
    ({"x": ROWS, "y": [[0, 1], [1]] * 5}, "y: expected one label an example"),
    ({"x": ROWS, "y": [0, [1]] * 5}, r"y: expected whole numbers or text, got \[1\]"),
    ({"x": [["a"], ["b"]], "y": [0, 1]}, "x: expected numbers, got an array of dtype <U1"),
    ({"x": ROWS + 1j, "y": TWO}, "x: expected numbers, got an array of dtype complex128"),
    ({"x": ROWS[:, 0], "y": TWO}, r"x: expected inputs of shape \(n, ...\).*got shape \(10,\)"),
    ({"x": ROWS[:0], "y": TWO[:0]}, r"x: expected inputs of shape .* got shape \(0, 2\)"),
    ({"x": np.where(np.eye(10) > 0, np.nan, 1.0), "y": TWO}, "x: .* in example 0; fill it"),
    (
        {"x": [[0, 1e39], *ROWS[1:]], "y": TWO, "standardize": False},
        "x: expected numbers that 32 bits can hold, got one that is too large in example 0",
    ),
    ({"x": [*ROWS[1:], [0, np.inf]], "y": TWO}, "x: expected finite numbers, .* in example 9"),
    ({"x": ROWS, "y": TWO[:9]}, "y: expected 10 labels, one for each of x, got 9"),
    ({"x": ROWS, "y": np.eye(10)}, r"y: expected one label an example, \(n,\), got shape"),
    ({"x": ROWS, "y": np.zeros(10)}, "y: expected at least 2 classes, got only 0"),
    ({"x": ROWS, "y": TWO + 0.5}, "y: expected classes, got the number 0.5"),
    ({"x": ROWS, "y": np.where(TWO, np.nan, 1)}, "y: expected a label .* got nan in example 1"),
    ({"x": ROWS, "y": ["a", None] * 5}, "y: expected a label .* got None in example 1; find"),
    ({"x": ROWS, "y": ["a", " "] * 5}, "y: expected a label for every example, got an empty one"),
    ({"x": ROWS, "y": TWO, "test_x": ROWS}, "test_x: expected both test_x and test_y, or neither"),
    ({"x": ROWS, "y": TWO, "test_x": ROWS[:, :1], "test_y": TWO}, r"shape \(2,\) as in x, got"),
    ({"x": ROWS, "y": TWO, "test_x": ROWS, "test_y": list("ab" * 5)}, "test_y: .* text or numbers"),
    ({"x": ROWS, "y": TWO, "test_share": 0}, "test_share: expected a number above 0"),
    ({"x": ROWS, "y": TWO, "test_share": 1.0}, "got 0 and 10"),
    ({"x": ROWS, "y": TWO, "split": -1}, "split: expected a whole number"),
    ({"x": ROWS, "y": TWO, "label_noise": 0.6}, "label_noise: expected a number from 0 to 0.5"),
    ({"x": ROWS}, r"arrays: expected the arguments of arrays\(\), got missing"),
    ({"x": ROWS, "z": TWO}, r"arrays: expected the arguments of arrays\(\), got"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD)
def test_what_is_no_data_is_refused_in_one_line(arguments, said):
    with pytest.raises(ValueError, match=said) as error:
        distributions.get("arrays", **arguments)
    assert "\n" not in str(error.value)


def test_more_classes_than_examples_could_show_are_refused():
    x = np.zeros((4000, 1), np.float32)
    with pytest.raises(ValueError, match=r"^y: expected classes, got 4000 different values"):
        distributions.arrays(x, np.arange(4000))


def test_many_held_out_examples_are_judged_in_part_while_training():
    x = np.random.default_rng(3).normal(size=(50_000, 2)).astype(np.float32)
    data = distributions.arrays(x, (x[:, 0] > 0).astype(int), test_share=0.5)
    points, mass = data.evaluation(KEY, 1000)
    np.testing.assert_array_equal(points, data.examples.test_x[:1000])
    assert float(mass.sum()) == pytest.approx(1)
    found = data.true_error(lambda x: jnp.stack([-x[:, 0], x[:, 0]], axis=1))
    assert found.num_points == 25_000
    assert found.value < 0.02
