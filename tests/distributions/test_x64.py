"""Draws with ``jax_enable_x64``, which other libraries turn on: those that they are without it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab import distributions
from reglab.distributions.held_out import HeldOut
from reglab.distributions.planar import Planar

from ..own import Half
from ..wide import wide

KEY = jax.random.key(0)
MADE = {
    name: lambda name=name: distributions.get(name)
    for name, kind in distributions.REGISTRY.items()
    if not issubclass(kind, HeldOut) and name != "mnist5k"  # digits is a population too
}
MADE |= {
    kind: lambda kind=kind: distributions.shifted(distributions.get("moons", noise=0.2), kind, 0.3)
    for kind in distributions.SHIFTS
}
X = np.random.default_rng(0).normal(size=(80, 2))
MADE["arrays"] = lambda: distributions.arrays(X, (X[:, 0] > 0) * 1, label_noise=0.1)
MADE["a user's"] = lambda: distributions.adapted(Half())
CONCRETE = ("class_prior", "a user's")  # cannot be traced: they look at what they drew
ALONE = ("gauss", "class_prior", "arrays", "a user's")  # compiled with and without


@pytest.mark.parametrize("name", [name for name in MADE if name not in CONCRETE])
def test_nothing_has_64_bits(name):
    one = MADE[name]()
    calls = [lambda key: one.sample(key, 20), lambda key: one.evaluation(key, 64)]
    if isinstance(one, Planar):
        calls.append(lambda key: one.density(one.sample(key, 20).x))
    for call in calls:
        assert not wide(call, KEY)


@pytest.mark.costly
@pytest.mark.parametrize("name", ALONE)
def test_draws_are_the_same(name):
    def drawn():
        one = MADE[name]()
        parts = *one.sample(KEY, 20), *one.evaluation(KEY, 64), one.clean_labels(KEY, 20)
        assert {part.dtype for part in parts} == {jnp.dtype("float32"), jnp.dtype("int32")}
        return parts

    alone = drawn()
    with jax.enable_x64(True):
        beside = drawn()
    for one, other in zip(alone, beside, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["gauss", "digits", "noise"])
def test_a_program_of_the_users_may_take_a_distribution(name):
    @jax.jit
    def drawn(one, key):
        return one.sample(key, 5).x, one.evaluation(key, 16)[1]

    one = MADE[name]()
    alone = drawn(one, KEY)
    with jax.enable_x64(True):  # where numbers that are traced have 64 bits
        beside = drawn(one, KEY)
    for part, other in zip(alone, beside, strict=True):
        assert other.dtype == jnp.float32
        np.testing.assert_allclose(part, other, rtol=1e-6)


def test_numbers_of_64_bits_are_cast():
    with jax.enable_x64(True):
        one = distributions.get("gauss", noise=jnp.asarray(0.3), label_noise=jnp.asarray(0.1))
        assert one.noise.dtype == jnp.float64
        assert one.sample(KEY, 5).x.dtype == one.evaluation(KEY, 16)[1].dtype == jnp.float32
