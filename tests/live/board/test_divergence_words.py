"""What is said of a run that diverged is true of it: what is blamed, and what is advised."""

import dataclasses

import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, MLPConfig, Session, distributions, fit
from reglab.live.board.finished import divergence_sentence
from reglab.training.divergence import Cause, cause_of

SECONDS = 120
SHORT = Experiment(model=MLPConfig((16,)), num_steps=240)


def start(optimizer="sgd", changes=(), **numbers):
    return dataclasses.replace(SHORT.replace(**numbers), optimizer=optimizer, changes=changes)


def moved(step, name, value, optimizer="sgd", **numbers):
    return start(optimizer, ((step, name, value),), **numbers)


# An experiment that diverges, what is blamed, and the same one with the advice taken.
CASES = {
    "learning rate": (
        start(learning_rate=100.0),
        "learning rate 100: its loss left every reasonable range. Choose a smaller one.",
        start(learning_rate=0.1),
    ),
    "weight decay under Adam": (
        start("adam", weight_decay=300.0),
        "weight decay 300 with learning rate 0.01: its loss left every reasonable range. "
        "Keep their product below 1.",
        start("adam", weight_decay=90.0),
    ),
    "L2": (
        start(l2=120.0),
        "L2 penalty 120 with learning rate 0.01: its loss left every reasonable range. "
        "Keep their product below 1.",
        start(l2=90.0),
    ),
    "L1": (
        start("momentum", l1=1000.0),
        "L1 penalty 1000 with learning rate 0.01: its loss left every reasonable range. "
        "Choose a smaller one.",
        start("momentum", l1=1.0),
    ),
    "input noise": (
        start(input_noise=1000.0),
        "input noise 1000: its loss left every reasonable range. Choose a smaller one.",
        start(input_noise=1.0),
    ),
    "the learning rate under a decay": (
        moved(60, "learning_rate", 3.0, "adam", weight_decay=1.0),
        "learning rate 3 with weight decay 1 was set at step 60: its loss left every reasonable "
        "range. Keep their product below 1.",
        moved(60, "learning_rate", 0.9, "adam", weight_decay=1.0),
    ),
    "a moved decay": (
        moved(60, "weight_decay", 300.0),
        "weight decay 300 with learning rate 0.01 was set at step 60: its loss left every "
        "reasonable range. Keep their product below 1.",
        moved(60, "weight_decay", 90.0),
    ),
    "a moved learning rate": (
        moved(60, "learning_rate", 100.0),
        "learning rate 100 was set at step 60: its loss left every reasonable range. Choose a "
        "smaller one.",
        moved(60, "learning_rate", 0.1),
    ),
}


@pytest.mark.costly
@pytest.mark.parametrize("name", CASES)
def test_what_is_blamed_is_to_blame_and_the_advice_helps(name):
    experiment, words, mended = CASES[name]
    run = fit(experiment)
    assert run.diverged
    assert divergence_sentence(run).endswith(words)
    assert f"diverged past step {run.history.step[-1]}" in divergence_sentence(run)
    assert not fit(mended).diverged


def test_a_harmless_change_before_or_after_is_not_blamed():
    changes = ((30, "label_smoothing", 0.1), (60, "learning_rate", 100.0), (61, "l2", 0.001))
    assert "learning rate 100 was set at step 60" in divergence_sentence(
        fit(start(changes=changes))
    )
    unreached = ((0, "num_train", 50), (239, "learning_rate", 200.0))
    words = divergence_sentence(fit(start(changes=unreached, learning_rate=100.0)))
    assert "with learning rate 100: " in words


@pytest.mark.slow
def test_before_the_first_step_no_number_is_to_blame():
    x = 1e4 * np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    data = distributions.arrays(x, (x[:, 0] > 0).astype(int), standardize=False)
    experiment = Experiment(max_train=60, num_steps=12)
    run = fit(experiment, distribution=data)
    assert run.diverged
    assert not len(run.history.step)
    assert "none of its numbers is to blame. Look at the inputs, whose typical size is 98" in (
        divergence_sentence(run)
    )
    with Session(experiment, distribution=data) as session:
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"
        assert "before its first step" in session.state.text
        session.step()
        session.play()
        session.undo()
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"


@pytest.mark.slow
def test_large_inputs_and_own_models_are_named_beside_the_learning_rate():
    assert cause_of(start(), np.array([0, 6]), 1000.0) == Cause("learning_rate")
    x = 100 * np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    data = distributions.arrays(x, (x[:, 0] > 0).astype(int), standardize=False)
    experiment = dataclasses.replace(start(learning_rate=1.0), max_train=60)
    run = fit(experiment, distribution=data)
    assert run.diverged
    assert "or scale the inputs, whose typical size is 98.6" in divergence_sentence(run)

    class Broken(nnx.Module):
        def __init__(self, rngs):
            self.linear = nnx.Linear(2, 2, rngs=rngs)
            self.weight = nnx.Param(np.zeros(()))

        def __call__(self, x, rngs=None):
            return self.linear(x) + self.weight**0.5  # whose slope at 0 is infinite

    run = fit(dataclasses.replace(start(), model=MLPConfig()), model=Broken)
    assert run.diverged
    assert "look for what makes the scores of the model infinite" in divergence_sentence(run)


def test_undo_is_advised_where_it_takes_back_what_is_to_blame():
    with Session(start(), steps_per_second=None) as session:
        session.step()
        session.set(learning_rate=100.0)
        session.play()
        assert session.wait(SECONDS)
        assert session.state.text.endswith("Undo takes that change back.")
        session.undo()
        assert session.wait(SECONDS)
        assert session.experiment.changes == ()
        session.set(learning_rate=100.0)
        session.set(l2=0.001)
        session.select(0)
        session.play()
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"
        assert "learning rate 100 was set" in session.state.text
