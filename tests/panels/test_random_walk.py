"""A thousand acts at random, from the first moment on: no exception, and the worker lives."""

import asyncio
import logging

import numpy as np
import pytest
from flax import nnx

from reglab import distributions
from reglab.panels import MitchellLab, PopulationLab
from reglab.sweeps import Grid
from tests.panels.walk import Walk
from tests.small import OWN, SMALL

SECONDS = 300
SLOW = {"convolutions", "attention", "AlexNet", "mnist5k", "mnist1d", "mnist1d_frozen"}
SLOW |= {"mnist1d_shuffled", "digits", "gaussian_linear", "256 · 256", "64 · 64 · 64"}
SLOW |= {"MNIST: 100 images, moved about", "MNIST-1D: 300 signals, convolutions", "PNG", "Apply"}
SLOW |= {"digits: 50 images, flipped labels"}


def own_data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    return distributions.arrays(x, np.where(x[:, 0] + rng.normal(size=300) > 0, "yes", "no"))


def own_model(rngs):
    hidden, out = nnx.Linear(2, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
    return nnx.Sequential(hidden, nnx.tanh, nnx.Dropout(0.2), out)


LABS = {
    "default": ({}, 400),
    "own data": ({"experiment": SMALL, "distribution": own_data}, 300),
    "own model": ({"experiment": OWN, "model": lambda: own_model}, 300),
}


def made(values):
    """A lab of these arguments; data and models are made on the spot."""
    return MitchellLab(**{k: v() if callable(v) else v for k, v in values.items()})


def from_the_front(random):
    """What the script of a live view may send, and what it never would."""
    kind = random.choice(
        ("hello", "ack", "ping", "select", "follow", "map", "map", "pool", "pick_run", "none")
    )
    return {
        "kind": kind,
        "seq": random.randrange(50),
        "run": random.randrange(4),
        "row": random.choice((0, 1, 2, 5, 20, 10**6)),
        "what": random.choice(("h", "witness", "disagreement", "loss")),
        "include": random.random() < 0.5,
    }


def from_the_population(random):
    """What the script of a population view may send, and what it never would."""
    return {
        "kind": random.choice(("hello", "ack", "ping", "choose", "pick", "near", "forget", "none")),
        "seq": random.randrange(50),
        "value": random.randrange(8),
        "run": random.choice((0, 1, 2, 5, 10**6)),
        "train_error": random.random(),
        "true_error": random.choice((random.random(), float("nan"), 10.0)),
    }


def assert_alive(session):
    assert session._worker.thread.is_alive()
    assert session.state.state != "closed"


def assert_nothing_logged(caplog, walk):
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert not said, (said, walk.acts[-20:])


@pytest.mark.slow
def test_a_walk_over_the_mitchell_lab(caplog):
    asyncio.run(walked("default", caplog, seed=7, rare=SLOW))


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_a_walk_over_all_that_takes_long_too(name, caplog):
    asyncio.run(walked(name, caplog, seed=0))


async def walked(name, caplog, *, seed, rare=()):
    """Walks over a lab; it then rests, trains, and ends as on the first day."""
    values, count = LABS[name]
    lab = made(values)
    saved = []
    lab.view.download = lambda *parts: saved.append(parts)
    walk = Walk(lab, from_the_front, seed=seed, rare=rare)
    try:
        await walk.take(count)
        assert_alive(lab.session)
        lab.session.pause()
        assert await asyncio.to_thread(lab.session.wait, SECONDS)
        assert_nothing_logged(caplog, walk)
        await plays_and_pauses(lab, OWN if "model" in values else SMALL)
        assert_nothing_logged(caplog, walk)
    finally:
        lab.close()
    lab.session._worker.thread.join(SECONDS)
    assert not lab.session._worker.thread.is_alive()
    assert all(len(content) for *_, content in saved)


async def plays_and_pauses(lab, start):
    """From a fresh start the lab trains, pauses, and trains on."""
    session = lab.session
    session.configure(start)
    assert await asyncio.to_thread(session.wait, SECONDS)
    session.set_pace(None)
    session.step()
    session.play()
    session.pause()
    assert await asyncio.to_thread(session.wait, SECONDS)
    assert session.state.step > 0
    assert session.state.state in ("paused", "finished")


def test_a_walk_over_the_population_lab(caplog):
    base = SMALL.replace(num_steps=24)
    grid = Grid(base, product={"dropout_rate": [0, 0.5], "draw": [0, 1, 2]})

    async def walked():
        for given in (grid, None):
            lab = PopulationLab(given)
            lab.view.download = lambda *parts: None
            lab.controls.steps.value = 100
            rare = {*SLOW, "Save"} | ({"Run"} if given is None else set())
            walk = Walk(lab, from_the_population, seed=1, rare=rare)
            try:
                await walk.take(150)
                assert_alive(lab.session)
                assert_nothing_logged(caplog, walk)
                lab.cancel()
                assert await asyncio.to_thread(lab.session.wait, SECONDS)
                lab.session.brush(None)
                assert await asyncio.to_thread(lab.session.wait, SECONDS)
                assert_nothing_logged(caplog, walk)
            finally:
                lab.close()

    asyncio.run(walked())
