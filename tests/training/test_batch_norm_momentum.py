"""Batch norm's momentum: a number that moves, of the lab's models and of the user's."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from reglab import MLPConfig, Session, fit, fit_population, twins
from reglab.nn import BatchNorm, build, momenta, set_momentum
from reglab.training import Trainer
from reglab.training.state import data_of, streams
from tests.small import OWN, SMALL
from tests.training import plain_loop
from tests.training.compiles import count_compilations

NORM = SMALL.replace(model=MLPConfig((8,), batch_norm=True), optimizer="sgd", num_steps=24)
SHORT = OWN.replace(num_steps=8)


def losses(run):
    return run.history.train_loss


def stats(module):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(module, nnx.BatchStat))]


def normed(rngs, *norms):
    layers = [nnx.Linear(2, 4, rngs=rngs), *(norm(rngs) for norm in norms), jnp.tanh]
    return nnx.Sequential(*layers, nnx.Linear(4, 2, rngs=rngs))


def flax_norm(momentum):
    return lambda rngs: nnx.BatchNorm(4, momentum=momentum, rngs=rngs)


class Mine(nnx.BatchNorm):
    """Whose momentum may mean anything."""


@nnx.jit
def compiled(layer, x):
    return layer(x)


class Within(nnx.Module):
    """Calls its norm layer within a transform, for which the momentum is a constant."""

    def __init__(self, rngs, call, momentum=0.7):
        self.a, self.b = nnx.Linear(2, 4, rngs=rngs), nnx.Linear(4, 2, rngs=rngs)
        self.n, self.call = nnx.BatchNorm(4, momentum=momentum, rngs=rngs), call

    def __call__(self, x):
        return self.b(jnp.tanh(self.call(self.n, self.a(x))))


@pytest.mark.parametrize("momentum", [0.0, 0.6, 1.0])
def test_training_is_that_of_layers_with_this_momentum(momentum):
    run = fit(NORM.replace(batch_norm_momentum=momentum))
    data, keys = data_of(run.distribution, 0, 40), streams(jnp.uint32(0))
    model = build(NORM.model, (2,), 2, rngs=nnx.Rngs(keys.weights))
    set_momentum(model, momentum)
    plain_loop.train(model, optax.sgd(0.01), data, NORM.num_steps)
    for ours, theirs in zip(stats(run.model), stats(model), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert momenta(run.model) == (momentum,)


def test_a_move_replays_and_compiles_nothing():
    fit(NORM)
    with count_compilations() as compilations:
        run = fit(NORM.replace(changes=((8, "batch_norm_momentum", 0.2),)))
        (twin,) = twins(NORM, batch_norm_momentum=0.2)
        assert (losses(run)[2:] != losses(fit(twin))[2:]).any()
        assert compilations() == 0
    with Session(NORM, steps_per_second=None) as session:
        session.step()
        session.set(batch_norm_momentum=0.2)
        session.play()
        assert session.wait(120)
        (played,) = session.runs
    np.testing.assert_array_equal(losses(played), losses(run))


@pytest.mark.costly
@pytest.mark.parametrize("kind", [nnx.BatchNorm, BatchNorm])
def test_layers_of_a_users_keep_their_own_until_somebody_asks(kind):
    def make(rngs):
        return normed(rngs, lambda rngs: kind(4, momentum=0.99, rngs=rngs))

    own = fit(SHORT, model=make)
    assert own.experiment.hyper.batch_norm_momentum == 0.99
    assert momenta(own.model) == (0.99,)
    np.testing.assert_allclose(stats(own.model)[1], 1, atol=0.1)
    with count_compilations() as compilations:
        moved = fit(SHORT.replace(batch_norm_momentum=0.9), model=make)
        again = fit(own.experiment, model=make)
        assert compilations() == 0
    assert moved.experiment.hyper.batch_norm_momentum == 0.9
    assert (losses(moved)[1:] != losses(own)[1:]).all()
    np.testing.assert_array_equal(losses(again), losses(own))


@pytest.mark.costly
@pytest.mark.parametrize("call", [compiled, nnx.remat(lambda layer, x: layer(x))])
def test_layers_within_a_transform_move_too(call):
    for momentum in (0.3, 0.5):
        moved = fit(
            SHORT.replace(batch_norm_momentum=momentum), model=lambda rngs: Within(rngs, call)
        )
        own = fit(SHORT, model=partial(Within, call=call, momentum=momentum))
        assert own.experiment.hyper.batch_norm_momentum == momentum
        np.testing.assert_allclose(losses(moved), losses(own), rtol=1e-5)


@pytest.mark.slow
def test_members_keep_the_momentum_of_a_users_layers():
    def make(rngs):
        return normed(rngs, flax_norm(0.5))

    short = SHORT.replace(optimizer="sgd")  # Adam makes steps of a bias's round-off before the norm
    population, run = fit_population([short], model=make), fit(short, model=make)
    assert population[0].experiment == run.experiment
    np.testing.assert_allclose(losses(population[0]), losses(run), rtol=1e-5)


OFF = {
    "two": (lambda rngs: normed(rngs, flax_norm(0.9), flax_norm(0.5)), "different momenta"),
    "none": (normed, "no batch-norm layer whose momentum can be moved"),
    "a model that reads it": (
        lambda rngs: Within(rngs, lambda layer, x: layer(x) * float(layer.momentum)),
        "no batch-norm layer whose momentum can be moved",
    ),
    "a subclass": (
        lambda rngs: normed(rngs, lambda rngs: Mine(4, rngs=rngs)),
        "no batch-norm layer whose momentum can be moved",
    ),
}


@pytest.mark.parametrize("name", OFF)
def test_where_it_cannot_act_it_is_off_and_says_why(name):
    factory, reason = OFF[name]
    trainer = Trainer(SHORT, model=factory)
    assert reason in trainer.inactive["batch_norm_momentum"]
    assert trainer.experiment.hyper == SHORT.hyper
    told = rf"batch_norm_momentum: expected 0\.9, got 0\.5\. .*{reason}"
    with pytest.raises(ValueError, match=told):
        Trainer(SHORT.replace(batch_norm_momentum=0.5), model=factory)
