"""What the tests of shifted distributions share."""

import jax
import jax.numpy as jnp
import numpy as np

from reglab.distributions import SHIFTS
from reglab.distributions.estimate import BATCH

KEY = jax.random.key(8)
NAMES = ("gauss", "moons", "digits")
EVERY = [(name, kind) for name in NAMES for kind in SHIFTS]


@jax.jit
def _scores(x, w):
    return jnp.tanh(x + 0.4) @ w


def rule(distribution, seed=1):
    """A fixed hypothesis on inputs of this shape."""
    size = (distribution.input_shape[0], distribution.num_classes)
    w = np.random.default_rng(seed).normal(size=size).astype("f")
    return lambda x: _scores(x, w)


def share_missed(distribution, predict, key=KEY):
    """The share of draws that a hypothesis misses, and its standard error."""
    x, y = distribution.sample(key, BATCH)
    missed = float((np.asarray(predict(x)).argmax(axis=1) != np.asarray(y)).mean())
    return missed, np.sqrt(missed * (1 - missed) / BATCH)
