"""Names, numbers, what is refused, and what a user's own class needs."""

import dataclasses
import pickle
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab import config, distributions
from tests.distributions.reference import CLASSES, DRAWN, HELD_OUT, NOISES, SIZES

NAMES = (
    *("gauss", "xor", "circle", "spiral", "moons", "digits", "mnist5k", "mnist1d"),
    *("mnist1d_frozen", "mnist1d_shuffled", "gaussian_linear"),
)
SHAPES = {"digits": (64,), "mnist5k": (784,)}


def one_line(error):
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_names_that_files_and_commands_have_stay():
    assert distributions.names() == tuple(config.DISTRIBUTIONS)
    assert distributions.names() == NAMES


@pytest.mark.parametrize("name", CLASSES)
def test_registered_ones_pass_their_own_check(name):
    distribution = distributions.get(name)
    assert distributions.check(distribution) is distribution
    assert set(distribution.ranges) == {f.name for f in dataclasses.fields(distribution)}
    assert distribution.num_classes == (2 if name in NOISES else 10)
    assert distribution.input_shape == SHAPES.get(name, (2,) if name in NOISES else (40,))
    methods = {"enumeration": SIZES, "held-out": HELD_OUT, "monte-carlo": DRAWN}
    found = [method for method, members in methods.items() if name in members]
    assert [distribution.method] == (found or ["quadrature"])
    assert name not in SIZES or distribution.size == SIZES[name]


@pytest.mark.parametrize("name", CLASSES)
def test_label_noise_ends_where_labels_say_nothing(name):
    k = distributions.get(name).num_classes
    assert distributions.get(name, label_noise=(k - 1) / k).label_noise == (k - 1) / k
    with pytest.raises(ValueError, match="label_noise: expected a number from 0 to") as error:
        distributions.get(name, label_noise=(k - 1) / k + 1e-6)
    one_line(error)


@pytest.mark.parametrize(
    ("name", "numbers", "said"),
    [
        (
            "moon",
            {},
            "expected one of gauss, xor, circle, spiral, moons, digits, mnist5k, mnist1d, "
            "mnist1d_frozen, mnist1d_shuffled, gaussian_linear, arrays, csv, idx, got 'moon'",
        ),
        (3, {}, "expected one of"),
        ("moons", {"nois": 0.1}, "number of moons: expected one of noise, label_noise, got 'nois'"),
        ("digits", {"noise": 0.1}, "number of digits: expected one of label_noise, got 'noise'"),
        ("moons", {"noise": 1.1}, "noise: expected a number from 0 to 1, got 1.1"),
        ("xor", {"noise": 0.6}, "noise: expected a number from 0 to 0.5, got 0.6"),
        ("gauss", {"noise": -0.1}, "got -0.1"),
        ("gauss", {"noise": float("nan")}, "got nan"),
        ("gauss", {"noise": jnp.float32(jnp.inf)}, "got inf"),
        ("gauss", {"noise": np.array([0.1, 0.7])}, "got 0.7"),
        ("gauss", {"noise": "0.1"}, "got '0.1'"),
        ("gauss", {"noise": None}, "got None"),
        ("gauss", {"noise": True}, "got True"),
    ],
)
def test_get_refuses_in_one_line(name, numbers, said):
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        distributions.get(name, **numbers)
    one_line(error)


@pytest.mark.parametrize("name", distributions.names())
def test_arguments_are_checked(name):
    distribution = distributions.get(name)
    for call, said in (
        (lambda: distribution.sample(3, 5), "key: expected one jax.random.key, got 3"),
        (lambda: distribution.sample(jax.random.split(jax.random.key(0)), 5), "key: expected one"),
        (lambda: distribution.sample(jax.random.key(0), 0), "n: expected a whole number"),
        (lambda: distribution.evaluation(jax.random.key(0), 2.5), "num_points: expected a whole"),
    ):
        with pytest.raises(ValueError, match="expected") as error:
            call()
        assert said in one_line(error)


@pytest.mark.parametrize("name", distributions.names())
def test_numbers_are_leaves_and_nothing_else_is(name):
    distribution = distributions.get(name)
    leaves, structure = jax.tree.flatten(distribution)
    assert leaves == [getattr(distribution, f.name) for f in dataclasses.fields(distribution)]
    assert jax.tree.unflatten(structure, leaves) == distribution
    beyond = jax.tree.map(lambda leaf: leaf - 7, distribution)  # as a gradient may be
    assert beyond.label_noise == -7
    assert pickle.loads(pickle.dumps(distribution)) == distribution
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree.leaves_with_path(distribution)]
    assert paths == [f".{f.name}" for f in dataclasses.fields(distribution)]


@pytest.mark.parametrize("name", CLASSES)
def test_with_numbers_takes_what_is_there(name):
    moved = distributions.with_numbers(
        distributions.get(name), noise=0.25, label_noise=0.125, learning_rate=3.0
    )
    expected = {"label_noise": 0.125, **({"noise": 0.25} if name in NOISES else {})}
    assert moved == distributions.get(name, **expected)
    with pytest.raises(ValueError, match="label_noise: expected a number from 0 to"):
        distributions.with_numbers(moved, label_noise=0.95)


def test_with_numbers_leaves_other_objects_alone():
    thing = object()
    assert distributions.with_numbers(thing, noise=0.1) is thing
    assert distributions.with_numbers(distributions.Moons, noise=0.1) is distributions.Moons


class Line:
    """A user's own: x uniform on (0, 1), y = 1 above 0.3; nothing of reglab inherited."""

    input_shape = (1,)
    num_classes = 2

    def sample(self, key, n):
        x = jax.random.uniform(key, (n, 1))
        return distributions.Sample(x, (x[:, 0] > 0.3).astype(jnp.int32))

    def evaluation(self, key, num_points):
        x, y = self.sample(key, num_points)
        return x, jax.nn.one_hot(y, 2) / num_points

    def bayes_error(self):
        return None

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width, key)


def test_a_class_of_the_users_passes():
    line = Line()
    assert distributions.check(line) is line


@pytest.mark.parametrize(
    "missing", ["input_shape", "num_classes", "sample", "evaluation", "bayes_error", "true_error"]
)
def test_check_names_what_is_missing(missing):
    parts = {k: v for k, v in vars(Line).items() if not k.startswith("_") and k != missing}
    with pytest.raises(ValueError, match=f"but Partial lacks {missing}$") as error:
        distributions.check(type("Partial", (), parts)())
    one_line(error)


def test_check_names_all_that_is_missing_and_refuses_a_class():
    parts = {k: v for k, v in vars(Line).items() if k != "true_error"}
    two = type("Two", (), {**parts, "sample": 3})()
    with pytest.raises(ValueError, match=r"Two lacks sample, true_error$"):
        distributions.check(two)
    with pytest.raises(ValueError, match="got the class Line"):
        distributions.check(Line)
