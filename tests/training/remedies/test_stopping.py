"""Early stopping of finished runs."""

import dataclasses

import jax
import numpy as np
import pytest

from reglab import Experiment, Hyper, distributions, early_stopping, fit
from reglab.training import RULES, Stop, losses_on, validation_sample
from reglab.training.plan import CHUNK_ROWS
from tests import small
from tests.training.compiles import count_compilations


@pytest.fixture(scope="module")
def run():
    return fit(small.SMALL.replace(num_steps=240))


@pytest.fixture(scope="module")
def found(run):
    return early_stopping(run, num_validation=50)


def test_every_rule_has_its_row_and_the_oracle_comes_last(run, found):
    assert [stopped.rule for stopped in found] == [*RULES, "oracle"]
    history = run.history
    for stopped in found:
        assert stopped.returned_row <= stopped.stopped_row < len(history.step)
        assert stopped.stopped_step == history.step[stopped.stopped_row]
        assert stopped.returned_step == history.step[stopped.returned_row]
        assert stopped.true_error == history.true_error[stopped.returned_row]
        assert stopped.low <= stopped.true_error <= stopped.high


@pytest.mark.parametrize("validation_draw", range(4))
def test_regret_is_never_below_that_of_the_oracle(run, validation_draw):
    *others, oracle = early_stopping(run, num_validation=20, validation_draw=validation_draw)
    assert oracle.regret == 0
    assert oracle.true_error == run.history.true_error.min()
    for stopped in others:
        assert stopped.regret == pytest.approx(stopped.true_error - oracle.true_error)
        assert stopped.regret >= 0


def test_losses_are_those_of_each_hypothesis(run):
    assert len(run.hypotheses) % CHUNK_ROWS  # so that the last block is padded
    x, y = validation_sample(run, 30, 7)
    loss, error = losses_on(run.hypotheses, x, y)
    assert loss.shape == error.shape == (len(run.hypotheses),)
    for row in (0, 5, len(loss) - 1):
        scores = np.asarray(run.hypotheses[row](x), float)
        shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        assert loss[row] == pytest.approx(-np.log(shares[np.arange(30), y]).mean(), rel=1e-4)
        assert error[row] == (scores.argmax(axis=1) != np.asarray(y)).mean()


@pytest.mark.parametrize("monitor", ["loss", "error"])
def test_rules_read_what_they_are_told_to(run, monitor):
    seen = []

    def rule(validation, train):
        seen.append((validation, train))
        return Stop(3, 2, True)

    stopped, _ = early_stopping(run, rules={"own": rule}, monitor=monitor, num_validation=50)
    losses = losses_on(run.hypotheses, *validation_sample(run, 50, 0))
    np.testing.assert_array_equal(seen[0][0], losses[monitor == "error"])
    np.testing.assert_array_equal(seen[0][1], getattr(run.history, f"train_{monitor}"))
    assert (stopped.rule, stopped.stopped_row, stopped.returned_row) == ("own", 3, 2)
    assert (stopped.validation_loss, stopped.validation_error) == (losses[0][2], losses[1][2])


def test_the_validation_sample_is_never_the_training_sample(run):
    x, _ = run.distribution.sample(jax.random.key(run.experiment.draw), 40)
    other, _ = validation_sample(run, 40, run.experiment.draw)
    assert not np.isin(np.asarray(other)[:, 0], np.asarray(x)[:, 0]).any()
    assert (other[:10] == validation_sample(run, 10, run.experiment.draw)[0]).all()
    assert (other != validation_sample(run, 40, run.experiment.draw + 1)[0]).all()


def test_a_choice_of_rules(run, found):
    chosen = early_stopping(run, rules=("UP", "GL"), num_validation=50)
    assert chosen == (found[3], found[1], found[4])
    assert early_stopping(run, rules="GL", num_validation=50) == (found[1], found[4])


def test_the_length_of_a_run_does_not_compile(run, found):
    longer = fit(run.experiment.replace(num_steps=400))
    with count_compilations() as compiled:
        assert len(early_stopping(longer, num_validation=50)) == len(found)
        assert compiled() == 0


def moved(**changes):
    return dataclasses.replace(small.SMALL, num_steps=24, **changes)


def test_data_that_moved_is_refused_and_other_changes_are_not():
    with pytest.raises(
        ValueError, match=r"^run: expected one label_noise in all its rows, got 0\.1"
    ):
        early_stopping(fit(moved(changes=((8, "label_noise", 0.1),))))
    early_stopping(fit(moved(changes=((8, "dropout_rate", 0.1), (8, "label_noise", 0.2)))))


BAD = {
    "rule: expected one of patience, GL, PQ, UP, got 'PG'": {"rules": ["PG"]},
    "rules: expected a function for 'own', got 3": {"rules": {"own": 3}},
    "rules: expected other names than oracle": {"rules": {"oracle": RULES["GL"]}},
    "rules: expected a Stop with rows below 31 from own, got None": {
        "rules": {"own": lambda *_: None}
    },
    r"rules: expected a Stop with rows below 31 from own, got Stop\(stopped=31": {
        "rules": {"own": lambda *_: Stop(31, 0, True)}
    },
    "monitor: expected one of loss, error, got 'accuracy'": {"monitor": "accuracy"},
    "num_validation: expected a whole number from 1": {"num_validation": 0},
    "validation_draw: expected a whole number from 0": {"validation_draw": -1},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_inputs_are_named_in_one_line(run, message):
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        early_stopping(run, **{"num_validation": 50} | BAD[message])
    assert "\n" not in str(raised.value)


def test_a_run_without_rows_is_refused(run):
    empty = jax.tree.map(lambda column: column[:0], run.history)
    with pytest.raises(ValueError, match=r"^run: expected at least one row"):
        early_stopping(dataclasses.replace(run, history=empty))


@pytest.mark.slow
def test_of_own_data_the_examples_that_s_left_over_validate():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 2)).astype(np.float32)
    data = distributions.arrays(x, (x[:, 0] > 0).astype(int), standardize=False)
    experiment = Experiment(num_steps=12, max_train=40, hyper=Hyper(num_train=40))
    experiment = experiment.asking(label_noise=0.3)
    run = fit(experiment, distribution=data)
    trained = run.distribution.sample(jax.random.key(experiment.draw), 40).x
    for draw in (0, 1):
        rows, labels = validation_sample(run, 44, draw)
        both = np.concatenate([trained, rows])
        assert len(np.unique(both, axis=0)) == 84  # none twice: all there are to train on
        assert set(map(tuple, np.asarray(both))) == set(map(tuple, data.examples.x))
        assert 0 < np.mean(np.asarray(labels) != (np.asarray(rows)[:, 0] > 0)) < 1
    with pytest.raises(ValueError, match="num_validation: expected at most the 44 training"):
        early_stopping(run, num_validation=45)
