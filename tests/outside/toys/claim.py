"""The Bayes error of the stripe, by formula and by draws."""

import jax
import numpy as np

from reglab.theory import Claim, Reference, register
from reglab.theory.rows import expectation, share_of

from .distribution import Stripe

COUNT = 20_000


def setup(seed):
    return seed, 0.5


def predict(given):
    _, noise = given
    return {"error of the edge": expectation(noise / 4)}


def measure(given):
    seed, noise = given
    x, y = Stripe(noise=noise).sample(jax.random.key(seed), COUNT)
    return {"error of the edge": share_of(int(((np.asarray(x)[:, 0] > 0) != y).sum()), COUNT)}


CLAIM = Claim(
    id="toy-1",
    statement="No classifier of the stripe errs less than a quarter of its noise.",
    formula=r"e^* = \tfrac{1}{4}\,\mathrm{noise}",
    kind="expectation",
    source=(Reference("derived here"),),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance="exact binomial bounds at 99.99 %",
    fails_when="the noise is above 1.",
)

register(CLAIM)
