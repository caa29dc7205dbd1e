"""Runs with ``jax_enable_x64``, which other libraries turn on: those that they are without it."""

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import MLPConfig, distributions, find_witness, fit, fit_population
from reglab.config import AUGMENTS, MODELS
from reglab.nn import MLP
from reglab.training import mc_dropout, mc_dropout_error
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.state import data_of, initial_state, streams, traced
from reglab.training.step import advance
from reglab.training.trainer import Trainer

from ..own import Half
from ..small import OWN, SMALL
from ..wide import wide

IMAGES = SMALL.replace(distribution="digits")
KINDS = OPTIMIZERS, AUGMENTS, [name for name in MODELS if name != "alexnet"]
MOST = max(map(len, KINDS))
PROGRAMS = {  # each kind of each in some program
    f"{rule}, {kind}, {name}": IMAGES.replace(optimizer=rule, augment=kind, model=MODELS[name]())
    for rule, kind, name in itertools.islice(zip(*map(itertools.cycle, KINDS), strict=True), MOST)
} | {
    "batch norm, classic, proximal": SMALL.replace(
        model=MLPConfig((8,), batch_norm=True, dropout_scaling="classic"), l1_step="proximal"
    ),
    "regression": SMALL.replace(distribution="gaussian_linear"),
    "draws": SMALL.replace(distribution="mnist1d"),
}
REMEDIES = {"dropout_rate": 0.3, "l1": 0.01, "input_noise": 0.1, "augmentation": 0.5}
X = np.random.default_rng(0).normal(size=(80, 2))


class Plain(nnx.Module):
    """Written without a thought of types: each array is of JAX's default one."""

    def __init__(self, rngs):
        self.hidden, self.out = nnx.Linear(2, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
        self.scale = nnx.Param(jnp.ones(8))
        self.dropout = nnx.Dropout(0.2)

    def __call__(self, x, rngs=None):
        x = jnp.tanh(self.hidden(x)) * self.scale[...][None] * jnp.linspace(0.5, 1.0, 8)[None]
        return self.out(self.dropout(x, rngs=rngs))


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_in_a_program_has_64_bits(name):
    experiment = PROGRAMS[name]
    with jax.enable_x64(True):
        trainer = Trainer(experiment)
        make = functools.partial(data_of, trainer.distribution, 0, experiment.max_train)
        data = jax.eval_shape(make)
        hyper, keys = traced(trainer.plan, trainer.hyper), jax.eval_shape(streams, np.uint32(0))
        start = initial_state.eval_shape(trainer.plan, keys.weights, hyper)
        assert jnp.float64 not in {leaf.dtype for leaf in jax.tree.leaves(start)}
    ends = np.int32(8), np.int32(8), np.bool_(True)
    assert not wide(functools.partial(advance, trainer.plan), start, data, hyper, keys, *ends)


def ours():
    model = MLPConfig((8,), batch_norm=True)
    return [fit(IMAGES.replace(model=model, num_steps=16, **REMEDIES))]


def users():
    return [fit(OWN.replace(num_steps=16), distribution=Half(), model=Plain)]


def population():
    data = distributions.arrays(X, (X[:, 0] > 0) * 1)
    members = [SMALL.replace(num_steps=16, seed=seed) for seed in range(2)]
    return fit_population(members, distribution=data, keep="all").runs


@pytest.mark.parametrize("trained", [ours, users, pytest.param(population, marks=pytest.mark.slow)])
def test_histories_hypotheses_and_errors_are_the_same(trained):
    alone = trained()
    with jax.enable_x64(True):
        beside = trained()
    for run, other in zip(alone, beside, strict=True):
        for one in (run, other):
            leaves = jax.tree.leaves((one.history, one.hypotheses.states))
            assert {leaf.dtype for leaf in leaves} == {np.dtype("float32"), np.dtype("int32")}
        jax.tree.map(np.testing.assert_array_equal, run.history, other.history)
        jax.tree.map(np.testing.assert_array_equal, run.hypotheses.states, other.hypotheses.states)
        assert find_witness(run).sentence == find_witness(other).sentence


def test_monte_carlo_dropout_too():
    (run,) = ours()
    alone = mc_dropout_error(run, num_samples=3)
    with jax.enable_x64(True):
        assert mc_dropout_error(run, num_samples=3) == alone


def test_a_model_of_64_bits_keeps_them_under_monte_carlo_dropout():
    with jax.enable_x64(True):
        types = {"dtype": jnp.float64, "param_dtype": jnp.float64}
        model = MLP(2, (3,), 2, dropout_rate=0.5, rngs=nnx.Rngs(0), **types)
        assert mc_dropout(model, jnp.ones((1, 2)), num_samples=2).dtype == jnp.float64
