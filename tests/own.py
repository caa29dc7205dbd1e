"""Distributions of a user's: right ones, and one for each way to be wrong."""

import dataclasses
import itertools
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from reglab import distributions
from reglab.config import Range
from reglab.distributions import ErrorEstimate, Sample
from reglab.distributions.base import pytree


class Half:
    """Points of the plane, of class 1 to the right of a threshold; nothing of reglab inherited."""

    input_shape, num_classes = (2,), 2
    threshold = 0.0

    def sample(self, key, n):
        x = jax.random.normal(key, (n, 2))
        return x, (x[:, 0] > self.threshold).astype(jnp.int32)

    def evaluation(self, key, num_points):
        x, y = Half.sample(self, key, num_points)
        return x, jax.nn.one_hot(y, 2) / num_points

    def bayes_error(self):
        return None

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width, key)


class Arrays(Half):
    """The same in NumPy's float64 and int64, and a mass that is a list."""

    def sample(self, key, n):
        x, y = super().sample(key, n)
        return [np.asarray(x, np.float64), np.asarray(y, np.int64).tolist()]

    def evaluation(self, key, num_points):
        x, mass = super().evaluation(key, num_points)
        return np.asarray(x, np.float64).tolist(), np.asarray(mass, np.float64)


class Bools(Half):
    """Labels that are bools, and a Bayes error."""

    def sample(self, key, n):
        x, y = super().sample(key, n)
        return Sample(x, y == 1)

    def bayes_error(self):
        return ErrorEstimate(0.0, 0.0, 0.0, 0, "closed-form")


@dataclasses.dataclass
class Noisy(Half):
    """With numbers that the knobs move; neither frozen nor hashable."""

    noise: float = 0.2
    label_noise: float = 0.1

    def sample(self, key, n):
        if self.noise > 0.5:
            raise ValueError(f"noise: expected a number from 0 to 0.5, got {self.noise}")
        x, y = super().sample(key, n)
        flip = jax.random.bernoulli(jax.random.fold_in(key, 1), self.label_noise, (n,))
        return x, jnp.where(flip, 1 - y, y)

    def evaluation(self, key, num_points):
        x, mass = super().evaluation(key, num_points)
        return x, (1 - self.label_noise) * mass + self.label_noise * mass[:, ::-1]


@pytree
@dataclasses.dataclass(frozen=True, kw_only=True)
class Heir(distributions.Planar):
    """A subclass of reglab's own base."""

    ranges: ClassVar[dict[str, Range]] = {"label_noise": Range(0, 0.5)}
    num_coordinates: ClassVar[int] = 2
    num_free: ClassVar[int] = 2
    last: ClassVar[int] = 1

    def place(self, words):
        x = 2 * (words / jnp.float32(2**32)).astype(jnp.float32) - 1
        return Sample(x, jnp.where(x[:, 0] > 0, self.last, 0).astype(jnp.int32))

    def clean_posterior(self, points):
        return jax.nn.one_hot((points[:, 0] > 0).astype(jnp.int32), 2)

    def clean_bayes_error(self):
        return ErrorEstimate(0.0, 0.0, 0.0, 0, "closed-form")


class Line:
    """A regression of the user's: y is x plus noise."""

    input_shape, num_classes, loss, noise = (1,), 1, "squared", 0.5

    def sample(self, key, n):
        x = jax.random.normal(key, (n, 1))
        return x, x[:, 0] + self.noise * jax.random.normal(jax.random.fold_in(key, 1), (n,))

    def evaluation(self, key, num_points):
        x = jax.random.normal(key, (num_points, 1))
        return x, x

    def bayes_error(self):
        return ErrorEstimate(0.2, 0.2, 0.2, 0, "closed-form")

    def true_error(self, predict):
        return self.bayes_error()


RIGHT = {"bare": Half, "arrays": Arrays, "bools": Bools, "numbers": Noisy, "heir": Heir}


def changed(*, x=None, y=None, mass=None, points=None, **attributes):
    """A ``Half`` whose inputs, labels, masses or points have gone through a function."""
    one = Half()

    def sample(key, n):
        inputs, labels = Half.sample(one, key, n)
        return x(inputs) if x else inputs, y(labels) if y else labels

    def evaluation(key, num_points):
        inputs, masses = Half.evaluation(one, key, num_points)
        return points(inputs) if points else inputs, mass(masses) if mass else masses

    for name, value in {"sample": sample, "evaluation": evaluation, **attributes}.items():
        setattr(one, name, value)
    return one


def raising(kind):
    def method(*_, **__):
        raise kind("first line\nsecond line")

    return method


def forgetful():
    """Draws from a generator of its own, and not from the key."""
    rng, one = np.random.default_rng(0), Half()

    def sample(key, n):
        x = rng.normal(size=(n, 2))
        return x, (x[:, 0] > 0).astype(int)

    one.sample = sample
    return one


def late(mass=False):
    """Wrong only at the size that training asks for."""
    one, counts = Half(), itertools.count()
    if mass:
        one.evaluation = lambda key, n: (
            Half.sample(one, key, n)[0],
            jnp.full((n, 2), 0.5 / n if n < 1000 else 1.0),
        )
        return one
    one.sample = lambda key, n: (
        Half.sample(one, key, n)[0],
        np.arange(n) % 2 if n < 40 and next(counts) >= 0 else np.arange(n) % 3,
    )
    one.num_train = 40
    return one


@pytree
@dataclasses.dataclass(frozen=True, kw_only=True)
class Broken(Heir):
    """Draws a class that there is not."""

    last: ClassVar[int] = 2


def _mass(function, **attributes):
    return lambda: changed(mass=function, **attributes)


def _y(function, **attributes):
    return lambda: changed(y=function, **attributes)


def _with(**attributes):
    return lambda: changed(**attributes)


def _whole(**attributes):
    """A finite population: the same points whatever the key."""
    points = Half().evaluation(jax.random.key(0), 32)
    return _with(method="enumeration", evaluation=lambda key, n: points, **attributes)


FAULTS = {
    "labels -1/+1": (_y(lambda y: 2 * y - 1), "sample: expected labels y from 0 to 1, got -1 to 1"),
    "labels 1/2": (_y(lambda y: y + 1), r"got 1 to 2; hand in y - 1"),
    "labels beyond": (_y(lambda y: 5 * y), "from 0 to 1, got 0 to 5; number the classes from 0"),
    "labels float": (_y(lambda y: y * 1.0), "labels y that are whole numbers .*, got float32"),
    "labels one-hot": (_y(lambda y: jax.nn.one_hot(y, 2)), r"got \(16, 2\); of one-hot rows"),
    "labels in a column": (_y(lambda y: y[:, None]), r"got \(16, 1\); of a column hand in"),
    "labels too few": (_y(lambda y: y[:-1]), r"labels y of shape \(16,\), got \(15,\)"),
    "labels text": (_y(lambda y: ["no"] * len(y)), "labels y that are real numbers, got dtype"),
    "labels None": (_y(lambda y: None), "labels y that are real numbers, got dtype object"),
    "inputs nan": (_with(x=lambda x: x.at[3, 1].set(jnp.nan)), "sample: expected finite inputs x"),
    "inputs beyond float32": (
        _with(x=lambda x: np.asarray(x, np.float64) * 1e300),
        "sample: expected finite inputs x",
    ),
    "inputs complex": (_with(x=lambda x: x + 1j), "inputs x that are real numbers, got dtype"),
    "inputs ragged": (_with(x=lambda x: [[1.0], [1.0, 2.0]]), "inputs x as one array"),
    "inputs of another shape": (
        _with(x=lambda x: x[:, :1]),
        r"inputs x of shape \(n, 2\), got \(16, 1\)",
    ),
    "inputs too few": (_with(x=lambda x: x[:9], y=lambda y: y[:9]), "16 examples .*, got 9; where"),
    "points nan": (_with(points=lambda x: x / 0), "evaluation: expected finite inputs x"),
    "points of another shape": (_with(points=lambda x: x.ravel()), r"\(n, 2\), got \(512,\)"),
    "points too few": (
        _with(points=lambda x: x[:9], mass=lambda m: m[:9] / m[:9].sum()),
        "at least 16 points, got 9",
    ),
    "mass sums to n": (_mass(lambda m: m * len(m)), "sums to 1, .* a sum 256; divide it by its"),
    "mass below 0": (_mass(lambda m: -m), "mass from 0 up that sums to 1, got a least entry -"),
    "mass nan": (_mass(lambda m: m.at[0].set(jnp.nan)), "mass from 0 up that sums to 1, got a"),
    "mass of points": (_mass(lambda m: m.sum(axis=1)), r"\(256, 2\), got \(256,\)"),
    "mass of three classes": (_mass(lambda m: jnp.pad(m, ((0, 0), (0, 1)))), r"got \(256, 3\)"),
    "mass is labels": (_mass(lambda m: m.argmax(axis=1)), r"\(256, 2\), got \(256,\)"),
    "mass uneven": (
        _mass(lambda m: (w := m * jnp.arange(len(m))[:, None]) / w.sum(), method="monte-carlo"),
        "the same mass at each of 256 independent draws",
    ),
    "mass of draws is said to be all": (
        _with(method="enumeration"),
        "all members of a finite population",
    ),
    "shape is a number": (_with(input_shape=2), "input_shape: expected a tuple .*, got 2"),
    "shape is empty": (_with(input_shape=()), "input_shape: expected a tuple"),
    "shape of fractions": (_with(input_shape=(2.0,)), "input_shape: expected a tuple"),
    "one class": (_with(num_classes=1), "num_classes: expected a whole number from 2, got 1"),
    "classes by name": (_with(num_classes="two"), "num_classes: expected a whole number"),
    "method": (_with(method="exact"), "method: expected one of closed-form, .*, got 'exact'"),
    "loss": (_with(loss="absolute"), "loss: expected one of zero-one, squared, got 'absolute'"),
    "image_shape": (_with(image_shape=(2, 2)), r"image_shape: expected .* of 2 numbers"),
    "input_kind": (_with(input_kind="image"), "input_kind: expected one of plane, table, sequence"),
    "ranges": (_with(ranges={"noise": (0, 1)}), "ranges: expected a dict"),
    "plot_region": (_with(plot_region=(1, 0, 0, 1)), "plot_region: expected"),
    "bayes above 1": (
        _with(bayes_error=lambda: ErrorEstimate(1.5, 1.5, 1.5, 0, "closed-form")),
        "bayes_error: expected a value from 0 to 1",
    ),
    "bayes nan": (
        _with(bayes_error=lambda: ErrorEstimate(np.nan, 0.0, 1.0, 0, "closed-form")),
        "bayes_error: expected a value from 0 to 1",
    ),
    "bayes is a number": (_with(bayes_error=lambda: 0.1), "bayes_error: expected None or an Err"),
    "posterior": (_with(posterior=lambda p: p), "posterior: expected"),
    "clean labels": (_with(clean_labels=lambda k, n: jnp.ones(n)), "clean_labels: expected labels"),
    "members": (
        _whole(members=lambda k, n: jnp.arange(n) - 1),
        "members: expected rows from 0",
    ),
    "not a pair": (_with(sample=lambda k, n: None), r"sample: expected 16 examples \(x, y\), got"),
    "three parts": (_with(evaluation=lambda k, n: (1, 2, 3)), "evaluation: expected weighted"),
    "sample raises": (
        _with(sample=raising(KeyError)),
        r"sample: expected 16 examples \(x, y\), got KeyError: ",
    ),
    "evaluation raises": (_with(evaluation=raising(TypeError)), "got TypeError: first line$"),
    "bayes raises": (_with(bayes_error=raising(ZeroDivisionError)), "bayes_error: .*ZeroDivision"),
    "draws anew each time": (forgetful, "sample: expected the same draws for the same key"),
    "numbers raise": (_with(with_numbers=raising(TypeError)), "with_numbers: expected a Half with"),
    "numbers of another": (
        _with(with_numbers=lambda **_: 3),
        "expected another Half, got int",
    ),
    "wrong when large": (lambda: late(), "sample: expected labels y from 0 to 1, got 0 to 2"),
    "mass wrong when large": (lambda: late(mass=True), "evaluation: expected mass from 0 up"),
    "an heir's labels": (Broken, "sample: expected labels y from 0 to 1, got 0 to 2"),
    "class": (lambda: Half, r"expected an object, got the class Half; did you mean Half\(\)"),
}
