"""What a run will take is measured before it, and told with what its rows of history cost."""

import sys

import pytest

from reglab import Experiment, fit_population
from reglab.training import Progress, forecast
from reglab.training.population.timing import Forecast
from tests.small import SMALL

POPULATION = sys.modules[fit_population.__module__]  # a function goes by the same name


def clock(step, row, *, call=0.01, every=8, last=80, room=16):
    """A device on which each step, row and call takes what it takes, whatever the clock says."""

    def timed(stop, fresh):
        stop = min(stop, room * every)
        rows = fresh + stop // every + (stop == last and stop % every > 0)
        return call + stop * step + rows * row

    return timed


@pytest.mark.parametrize(
    ("step", "row", "changes"),
    [
        (0.001, 0.05, {}),
        (0.001, 0.0, {}),
        (1e-6, 0.3, {"eval_every": 1, "num_steps": 100}),
        (0.2, 0.01, {"eval_every": 80}),
        (1e-5, 1e-4, {"num_steps": 4000}),
        (0.01, 0.02, {"num_steps": 77}),
    ],
)
def test_steps_and_rows_are_told_apart(monkeypatch, step, row, changes):
    experiment = SMALL.replace(**changes)
    every, last = experiment.eval_every, experiment.num_steps
    rows = 1 + -(-last // every)
    room = min(32, 1 << (rows - 1).bit_length())
    timer = clock(step, row, every=every, last=last, room=room)
    monkeypatch.setattr("reglab.training.population.timing._timer", lambda piece: timer)
    found = forecast([experiment])
    assert found.seconds == pytest.approx(rows * row + last * step, abs=1e-6)
    assert found.evaluation == pytest.approx(rows * row / (rows * row + last * step), abs=1e-6)


def test_the_time_of_lanes_is_shared_by_them(monkeypatch):
    monkeypatch.setattr(
        "reglab.training.population.timing._timer", lambda piece: clock(0.001, 0.05)
    )
    found = forecast([SMALL.replace(seed=seed) for seed in range(6)], lanes=4)
    assert found.seconds == pytest.approx((11 * 0.05 + 80 * 0.001) / 4)


def test_it_is_measured_on_the_program_that_runs():
    experiments = [SMALL.replace(seed=seed) for seed in range(3)]
    found = forecast(experiments)
    assert found.seconds > 0
    assert 0 < found.evaluation <= 1


def test_a_population_tells_it_before_it_trains(monkeypatch, capsys):
    said = Forecast(0.25, 0.934)
    monkeypatch.setattr(POPULATION, "forecast", lambda *_, **__: said)
    experiments, seen = [SMALL, SMALL.replace(seed=1)], []
    fit_population(experiments, progress=seen.append)
    assert seen[0] == Progress(0, 2, 0.0, expected=0.25, evaluation=0.934)
    assert seen[0].left == 0.5
    assert seen[-1].done == 2
    fit_population(experiments, progress=True)
    assert "about 0 s, 93 % of the time for rows of history (eval_every)" in capsys.readouterr().err


def test_nothing_is_measured_where_nobody_asks(monkeypatch):
    monkeypatch.setattr(POPULATION, "forecast", pytest.fail)
    assert len(fit_population([SMALL])) == 1


def test_errors():
    with pytest.raises(ValueError, match="experiments: expected at least one, got none"):
        forecast([])
    with pytest.raises(ValueError, match=r"experiments\[1\]: expected an Experiment, got 3"):
        forecast([Experiment(), 3])
