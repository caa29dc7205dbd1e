"""A run is asked for the same, whether it is in training, finished or light."""

import dataclasses

import numpy as np
import pytest
from flax import nnx

from reglab import fit
from reglab.mitchell import data_of, pool_of
from reglab.training import Trainer, run_of
from reglab.training.run import is_run
from reglab.training.trajectory import NoHypothesis
from tests.small import SMALL

LIKE = "experiment", "diverged", "name", "step", "hyper", "distribution_key", "data_key"


@pytest.fixture(scope="module")
def trainer():
    trainer = Trainer(SMALL)
    while trainer.advance(SMALL.num_steps):
        pass
    return trainer


def test_a_trainer_and_its_run_answer_alike(trainer):
    run = run_of(trainer)
    for name in LIKE:
        assert getattr(run, name) == getattr(trainer, name), name
    assert run.step == SMALL.num_steps
    for ours, theirs in zip(run.history, trainer.history, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(run.sample(), trainer.sample(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(run.data.inputs, trainer.data.inputs)
    assert len(run.sample()[0]) == SMALL.hyper.num_train
    assert data_of(run) == data_of(trainer)
    assert pool_of([trainer])[0].names[0] == pool_of([run])[0].names[0]


def test_the_history_is_that_of_the_hypotheses(trainer):
    history, hypotheses = trainer.trajectory.recorded
    assert len(trainer.history.step) == len(history.step) == len(hypotheses)
    assert len(Trainer(SMALL).history.step) == Trainer(SMALL).step == 0


def test_a_run_that_goes_back_to_a_mark_forgets_what_came_after_and_takes_the_same_way():
    trainer, every = Trainer(SMALL), SMALL.eval_every
    trainer.advance(every)
    mark = trainer.mark()
    trainer.advance(2 * every)
    went = trainer.history
    trainer.restore(mark)
    assert trainer.step == every
    assert trainer.history.step.tolist() == [0, every]
    trainer.advance(2 * every)
    for again, before in zip(trainer.history, went, strict=True):
        np.testing.assert_array_equal(again, before)


def test_runs_are_told_from_hypotheses(trainer):
    run = run_of(trainer)
    assert [is_run(one) for one in (run, trainer, run.hypotheses[0], len)] == [
        True,
        True,
        False,
        False,
    ]


def test_hypotheses_that_were_not_kept_say_how_to_get_them():
    run = fit(SMALL)
    kept = run.hypotheses
    light = dataclasses.replace(
        run, hypotheses=NoHypothesis(kept.network, nnx.State({}), len(kept))
    )
    assert (kept.has_last, light.hypotheses.has_last) == (True, False)
    with pytest.raises(ValueError, match=r"got one without; fit\(run.experiment\) makes them$"):
        light.hypotheses[-1]
