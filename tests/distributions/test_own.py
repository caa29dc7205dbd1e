"""The adapter: every optional attribute is there, draws are cast, objects are drawn from once."""

import copy
import inspect
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab import distributions
from reglab.config import Range
from reglab.distributions import Distribution, ErrorEstimate, OwnDistribution, adapted, check
from tests.own import Arrays, Bools, Half, Heir, Line, Noisy, changed

KEY = jax.random.key(3)
ATTRIBUTES = {
    "input_shape": (2,),
    "num_classes": 2,
    "loss": "zero-one",
    "method": "quadrature",
    "image_shape": None,
    "input_kind": "plane",
    "ranges": {},
    "plot_region": None,
    "examples": None,
    "num_train": None,
    "tells_label_noise": False,
    "class_name": "Half",
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_bare_object_gets_every_attribute(name):
    assert getattr(adapted(Half()), name) == ATTRIBUTES[name]


def test_a_bare_object_gets_every_method():
    own = adapted(Half())
    assert own.members(KEY, 5) is None
    assert own.check_num_train(10**9) is None
    assert own.bayes_error() is None
    np.testing.assert_array_equal(own.clean_labels(KEY, 9), own.sample(KEY, 9).y)
    assert own.with_numbers(noise=0.3, label_noise=0.1) is own
    assert own.with_label_noise(3) == 3
    for ask in (own.density, own.posterior):
        with pytest.raises(ValueError, match=r"expected a planar distribution, got <tests\.own"):
            ask(jnp.zeros((3, 2)))


def test_the_adapter_has_all_that_a_registered_one_has():
    internal = {"place", "clean_evaluation", "clean_bayes_error", "num_coordinates", "label_noise"}
    internal |= {"caption", "thumbnail"}  # of those that have a name
    names = {n for n, _ in inspect.getmembers(Distribution) if not n.startswith("_")}
    names |= {n for n in Distribution.__annotations__ if not n.startswith("_")}
    assert names - internal <= {n for n in dir(OwnDistribution) if not n.startswith("_")} | {
        "digest"
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"image_shape": [1, 2]}, {"image_shape": (1, 2), "input_kind": "image"}),
        ({"method": "monte-carlo"}, {"method": "monte-carlo"}),
        ({"num_train": np.int64(70)}, {"num_train": 70}),
        ({"plot_region": [0, 1, 0, 2]}, {"plot_region": (0.0, 1.0, 0.0, 2.0)}),
        ({"ranges": {"noise": Range(0, 1)}}, {"ranges": {"noise": Range(0, 1)}}),
        ({"input_kind": "table"}, {"input_kind": "table"}),
        ({"examples": [1, 2]}, {"examples": None}),
        ({"input_shape": [2]}, {"input_shape": (2,)}),
        ({"num_classes": np.int32(2)}, {"num_classes": 2}),
    ],
)
def test_what_an_object_says_is_kept(change, expected):
    own = adapted(changed(**change))
    assert {name: getattr(own, name) for name in expected} == expected


@pytest.mark.parametrize(("shape", "kind"), [((1,), None), ((40,), "table"), ((8, 8), "image")])
def test_inputs_are_a_table_until_an_object_says_more(shape, kind):
    own = changed(
        input_shape=shape,
        x=lambda x: jnp.zeros((len(x), *shape)),
        points=lambda x: jnp.zeros((len(x), *shape)),
    )
    assert adapted(own).input_kind == kind


@pytest.mark.parametrize("kind", [Half, Arrays, Bools])
def test_draws_are_cast_to_one_kind(kind):
    own, bare = adapted(kind()), Half()
    x, y = own.sample(KEY, 20)
    points, mass = own.evaluation(KEY, 20)
    for found, dtype in ((x, "float32"), (y, "int32"), (points, "float32"), (mass, "float32")):
        assert isinstance(found, jax.Array)
        assert found.dtype == dtype
    with jax.enable_x64(False):  # as a run calls it, whatever is set
        sample, weighed = bare.sample(KEY, 20), bare.evaluation(KEY, 20)
    np.testing.assert_array_equal(x, sample[0])
    np.testing.assert_array_equal(y, sample[1])
    np.testing.assert_array_equal(mass, weighed[1])


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "bfloat16", "bool"])
def test_inputs_may_be_of_any_real_kind(dtype):
    x, _ = adapted(changed(x=lambda x: np.asarray(x > 0).astype(jnp.dtype(dtype)))).sample(KEY, 9)
    assert x.dtype == "float32"
    assert set(np.unique(x)) == {0, 1}


def counting(own):
    """An object, and what it has been asked for."""
    asked, sample = [], own.sample
    own.sample = lambda key, n: asked.append(n) or sample(key, n)
    return own, asked


def test_an_object_is_drawn_from_once_until_it_says_something_else():
    own, asked = counting(Half())
    check(own)
    first = len(asked)
    assert 0 < first < 5
    check(own)
    adapted(own)
    assert len(asked) == first
    own.num_classes = 3
    with pytest.raises(ValueError, match=r"mass of shape \(256, 3\)"):
        check(own)


def test_another_object_in_the_same_place_is_drawn_from_too():
    for _ in range(20):
        check(Half())
        with pytest.raises(ValueError, match="labels y"):
            check(changed(y=lambda y: y + 1))


def test_registered_ones_are_not_drawn_from(monkeypatch):
    moons = distributions.get("moons")
    monkeypatch.setattr(type(moons), "sample", None)
    assert check is not None
    with pytest.raises(ValueError, match="Moons lacks sample"):
        check(moons)
    monkeypatch.undo()
    monkeypatch.setattr("reglab.distributions.boundary._tried", None)
    assert check(moons) is adapted(moons) is moons
    moved = distributions.shifted(moons, "rotation", 0.3)
    assert adapted(moved) is moved


def test_subclasses_are_checked_and_stay_what_they_are():
    heir = Heir(label_noise=0.2)
    assert check(heir) is adapted(heir) is heir
    own = Half()
    assert check(own) is own
    assert adapted(adapted(own)) == adapted(own)


def test_what_no_weak_reference_can_hold_is_checked_each_time():
    class Slotted(Half):
        __slots__ = ()

    class Tuple(tuple, Half):
        __slots__ = ()

    assert adapted(Tuple()).num_classes == adapted(Slotted()).num_classes == 2


def test_numbers_make_a_copy_that_is_still_adapted():
    own = adapted(Noisy())
    moved = distributions.with_numbers(own, noise=0.3, label_noise=0.25, learning_rate=1.0)
    assert isinstance(moved, OwnDistribution)
    assert moved.own == Noisy(0.3, 0.25)
    assert own.own == Noisy()
    assert moved != own
    assert moved == distributions.with_numbers(own, noise=0.3, label_noise=0.25)


def test_whatever_else_an_object_has_is_found():
    own = adapted(changed(title="halves"))
    assert own.title == "halves"
    with pytest.raises(AttributeError, match="colour"):
        own.colour  # noqa: B018
    for made in (copy.deepcopy(adapted(Noisy())), pickle.loads(pickle.dumps(adapted(Noisy())))):
        assert made == adapted(Noisy())


def test_clean_labels_and_members_are_checked():
    own = changed(
        clean_labels=lambda key, n: np.zeros(n, int),
        with_label_noise=lambda mass: mass,
        members=lambda key, n: np.arange(n),
        method="enumeration",
        evaluation=lambda key, n: Half().evaluation(KEY, 64),
    )
    assert adapted(own).tells_label_noise
    assert adapted(own).clean_labels(KEY, 4).tolist() == [0, 0, 0, 0]
    assert adapted(own).members(KEY, 4).tolist() == [0, 1, 2, 3]


def test_posterior_and_density_are_those_of_the_object():
    own = adapted(changed(posterior=lambda x: np.full((len(x), 2), 0.5), density=lambda x: -x))
    assert own.posterior(jnp.zeros((3, 2))).tolist() == [[0.5, 0.5]] * 3
    with pytest.raises(ValueError, match=r"density: expected finite densities from 0, got -1"):
        own.density(jnp.ones((3, 2)))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (lambda predict: None, "true_error: expected an ErrorEstimate, got None"),
        (lambda predict, **_: 0.1, "got 0.1; of a known value e"),
        (lambda predict, key: 1 / 0, "got ZeroDivisionError"),
        (
            lambda predict: ErrorEstimate(0.5, 0.6, 0.7, 0, "closed-form"),
            "a value from 0 to 1 within its interval, got 0.5 in 0.6 to 0.7",
        ),
        (lambda predict: ErrorEstimate(0.5, 0.5, 0.5, 0, "guess"), "true_error: method: expected"),
        (lambda predict: ErrorEstimate(-0.5, -0.5, 0.5, 0, "closed-form"), "from 0 to 1"),
    ],
)
def test_errors_of_the_users_are_checked(found, said):
    with pytest.raises(ValueError, match=said) as caught:
        adapted(changed(true_error=found)).true_error(lambda x: x, half_width=0.1, key=KEY)
    assert "\n" not in str(caught.value)


def test_few_examples_are_not_asked_for_more():
    x = np.random.default_rng(0).normal(size=(10, 2))

    def sample(key, n):
        return x[jax.random.choice(key, 10, (n,), replace=False)], np.arange(n) % 2

    own = changed(sample=sample)
    with pytest.raises(ValueError, match="sample: expected 16 examples"):
        adapted(own)
    own.num_train = 10
    adapted(own).check_num_train(10)
    with pytest.raises(ValueError, match="max_train: expected at most the 10 examples"):
        adapted(own).check_num_train(11)


def test_regression_has_a_variance():
    line = adapted(Line())
    assert (line.loss, line.num_classes, line.noise, line.variance) == ("squared", 1, 0.5, 1.25)
    assert line.sample(KEY, 5).y.dtype == "float32"
    assert line.evaluation(KEY, 5)[1].shape == (5, 1)


def test_draws_can_be_traced():
    own = adapted(Half())
    x, y = jax.jit(lambda key: own.sample(key, 7))(KEY)
    mass = jax.jit(lambda key: own.evaluation(key, 32)[1])(KEY)
    assert (x.shape, y.shape, mass.shape) == ((7, 2), (7,), (32, 2))


def test_what_draws_as_another_does_has_its_digest():
    assert adapted(Half()).digest == adapted(Half()).digest != adapted(Noisy()).digest
    assert adapted(Noisy()).with_numbers(noise=0.3).digest == adapted(Noisy()).digest


@pytest.mark.parametrize("kind", distributions.SHIFTS)
def test_own_ones_are_shifted(kind):
    moved = distributions.shifted(Half(), kind, 0.3)
    assert (moved.loss, moved.ranges, moved.examples, moved.num_train) == (
        "zero-one",
        {},
        None,
        None,
    )
    assert moved.sample(KEY, 12).x.shape == (12, 2)
    assert moved.clean_labels(KEY, 12).shape == (12,)
    assert distributions.with_numbers(moved, noise=0.2) == moved
