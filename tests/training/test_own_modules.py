"""Training a module of the user's equals the loop that Flax's own guide writes."""

import contextlib
import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from reglab import Experiment, Hyper, distributions, find_witness, fit
from reglab.training import OPTIMIZERS
from reglab.training.optimizers import optimizer
from reglab.training.state import streams
from reglab.training.step import shuffled

from .own_modules import CASES, FLAT, TYPED

STEPS, BATCH, NUM_TRAIN, RATE = 20, 8, 24, 0.05
EXPERIMENT = Experiment(
    max_train=NUM_TRAIN,
    optimizer="sgd",
    batch_size=BATCH,
    num_steps=STEPS,
    eval_every=1,
    hyper=Hyper(learning_rate=RATE, num_train=NUM_TRAIN),
)
PEERS = {
    "sgd": lambda: optax.sgd(RATE),
    "momentum": lambda: optax.sgd(RATE, momentum=0.9),
    "adam": lambda: optax.adam(RATE, b1=0.9),
    "adamw": lambda: optax.adamw(RATE, b1=0.9, weight_decay=0.1, mask=weights_alone),
}


def weights_alone(params):
    return jax.tree.map(lambda leaf: leaf.ndim > 1, params)


def data_of(input_shape):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, *input_shape)).astype(np.float32)
    y = (x.reshape(64, -1)[:, 0] > 0).astype(int)
    held_out = {"test_x": x[NUM_TRAIN:], "test_y": y[NUM_TRAIN:]}
    return distributions.arrays(x[:NUM_TRAIN], y[:NUM_TRAIN], standardize=False, **held_out)


@contextlib.contextmanager
def textbook():
    """Flax and JAX as the textbook has them, whatever is set: layers may be shared; 32 bits."""
    with nnx.set_graph_mode(True), nnx.set_graph_updates(True), jax.enable_x64(False):
        yield


class Loop:
    """The textbook: a module, an ``nnx.Optimizer``, one update a batch."""

    def __init__(self, factory, run, tx):
        keys = streams(jnp.uint32(0))
        with textbook():
            self.model = factory(rngs=nnx.Rngs(keys.weights))
            self.optimizer = nnx.Optimizer(self.model, tx, wrt=trained)
        sample = run.distribution.sample(jax.random.key(run.experiment.draw), NUM_TRAIN)
        self.keys, self.x, self.y = keys, *map(np.asarray, sample)

    def step(self, number):
        epoch, position = divmod(number, NUM_TRAIN // BATCH)
        with textbook():
            order, key = _drawn(self.keys, epoch, number)
            index = np.asarray(order)[position * BATCH : (position + 1) * BATCH]
            _update(self.model, self.optimizer, self.x[index], self.y[index], key)


@jax.jit
def _drawn(keys, epoch, number):
    order = shuffled(jax.random.fold_in(keys.order, epoch), NUM_TRAIN, NUM_TRAIN)
    return order, jax.random.fold_in(keys.noise, number)


def trained(path, variable):
    return isinstance(variable, nnx.Param) and jnp.issubdtype(variable[...].dtype, jnp.inexact)


@functools.partial(nnx.jit, graph=True, graph_updates=True)
def _update(model, optimizer, x, y, key):
    def loss(model):
        scores = called(model, x, key)
        losses = optax.softmax_cross_entropy_with_integer_labels(scores.astype(jnp.float32), y)
        return losses.mean()

    optimizer.update(model, nnx.grad(loss, argnums=nnx.DiffState(0, trained))(model))


def called(model, x, key):
    """As its author would call it in training."""
    model.train()
    names = type(model).__call__.__code__.co_varnames
    words = {"train": True} if "train" in names else {}
    if "rngs" in names or isinstance(model, nnx.Sequential):
        words["rngs"] = nnx.Rngs(jax.random.fold_in(key, 1), dropout=key)
    return model(x, **words)


def variables(module, skipped=nnx.RngState):
    """All variables by name, as float64; rates of dropout are no variables of the plain module."""
    flat = nnx.to_flat_state(nnx.state(module, graph=True))
    found = {
        ".".join(map(str, path)).removeprefix("module."): np.asarray(variable[...], np.float64)
        for path, variable in flat
        if not isinstance(variable, skipped)
    }
    return {name: value for name, value in found.items() if not name.endswith("rate")}


@pytest.mark.costly
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if c.is_slow else []) for n, c in CASES.items()],
)
def test_trains_predicts_and_is_judged_as_a_plain_loop_says(name):
    case = CASES[name]
    run = fit(EXPERIMENT, distribution=data_of(case.input_shape), model=case.factory)
    loop = Loop(case.factory, run, PEERS["sgd"]())
    for number in range(STEPS):
        loop.step(number)
    ours, plain = variables(run.hypotheses[-1]), variables(loop.model)
    assert ours.keys() == plain.keys()
    for part, value in plain.items():
        np.testing.assert_allclose(ours[part], value, rtol=1e-5, atol=1e-5, err_msg=part)
    first = variables(run.hypotheses[0])
    assert any((first[part] != value).any() for part, value in ours.items()), "nothing moved"
    # in inference mode: the same answer at each call, and the one that the errors were taken of
    test_x, test_y = (np.asarray(part) for part in run.distribution.test_sample(jax.random.key(0)))
    answers = [np.asarray(run.hypotheses[-1](jnp.asarray(test_x))) for _ in range(2)]
    np.testing.assert_array_equal(*answers)
    wrong = (answers[0].argmax(axis=1) != test_y).mean()
    assert run.history.true_error[-1] == pytest.approx(wrong, abs=1e-6)
    assert "held-out data" in find_witness(run).sentence
    assert run.experiment.own == ("distribution", "model")


# Adam's own numbers leave the range of float16: there its steps are compared with nothing.
@pytest.mark.costly
@pytest.mark.parametrize(
    ("name", "optimizer"),
    [("bfloat16", name) for name in PEERS]
    + [pytest.param("mixed", "adamw", marks=pytest.mark.slow)]
    + [pytest.param("float16", name, marks=pytest.mark.slow) for name in ("sgd", "momentum")],
)
def test_parameters_of_16_bits_move_as_in_a_plain_loop(name, optimizer):
    """Apart by two units in the last place after each update at most."""
    factory, experiment = TYPED[name], EXPERIMENT.replace(optimizer=optimizer)
    if optimizer == "adamw":
        experiment = experiment.replace(weight_decay=0.1)
    run = fit(experiment, distribution=data_of(FLAT), model=factory)
    loop = Loop(factory, run, PEERS[optimizer]())
    eps = float(jnp.finfo(jnp.float16 if name == "float16" else jnp.bfloat16).eps)
    largest = dict.fromkeys(weights_of(loop.model), 0.0)
    for number in range(STEPS):
        nnx.update(
            loop.model, nnx.state(run.hypotheses[number], graph=True)
        )  # each update by itself
        before = weights_of(loop.model)
        loop.step(number)
        ours, plain = weights_of(run.hypotheses[number + 1]), weights_of(loop.model)
        assert ours.keys() == plain.keys()
        for part, value in plain.items():
            moved = np.abs(value - before[part])  # moments remember the largest
            largest[part] = np.maximum(largest[part], np.maximum(moved, np.abs(value)))
            unit = eps * 2.0 ** np.floor(np.log2(largest[part] + 1e-30))
            assert (np.abs(ours[part] - value) <= 2 * unit).all(), (number, part)
    assert np.isfinite(run.history.train_loss).all()
    first, last = (np.asarray(run.hypotheses[row].a.kernel[...]) for row in (0, -1))
    assert first.dtype == loop.model.a.kernel[...].dtype
    assert (first != last).mean() > 0.7  # others moved by less than a unit


def weights_of(module):
    flat = nnx.to_flat_state(nnx.state(module, nnx.Param, graph=True))
    return {".".join(map(str, path)): np.asarray(leaf[...], np.float64) for path, leaf in flat}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_of_16_bits_is_that_of_32_rounded(name):
    """Numbers such as 1 - 0.9 are no bfloat16: they are never rounded by themselves."""
    rng, hyper = np.random.default_rng(0), Hyper(learning_rate=RATE, weight_decay=0.1)
    params = {"kernel": jnp.asarray(rng.normal(size=(8, 8)), jnp.bfloat16)}
    wide = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), params)
    traced = Hyper(*(jnp.float32(number) for number in hyper))
    narrow, full = optimizer(name, traced, params), optimizer(name, traced, wide)
    state, other = narrow.init(params), full.init(wide)
    gradient = {"kernel": jnp.asarray(rng.normal(size=(8, 8)), jnp.bfloat16)}
    for _ in range(5):  # the same slope again and again: what is kept of it stays near it
        updates, state = narrow.update(gradient, state, params)
        expected, other = full.update({"kernel": gradient["kernel"] * 1.0}, other, wide)
        assert updates["kernel"].dtype == jnp.bfloat16
        np.testing.assert_allclose(
            np.asarray(updates["kernel"], float), expected["kernel"], rtol=0.012, atol=1e-4
        )


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_float16_trains_under_adam(optimizer):
    run = fit(
        EXPERIMENT.replace(optimizer=optimizer, num_steps=60, eval_every=60),
        distribution=data_of(FLAT),
        model=TYPED["float16"],
    )
    assert run.hypotheses[-1].a.kernel.dtype == jnp.float16
    assert run.history.train_loss[-1] < run.history.train_loss[0]
