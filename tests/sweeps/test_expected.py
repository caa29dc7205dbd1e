"""A sweep says before it trains how long it will take, where that can be measured here."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from reglab import Grid, sweep
from reglab.cli.sweep import _lines
from reglab.sweeps.engines import Inline
from reglab.training import Progress
from reglab.training.population.timing import Forecast
from tests.small import SMALL
from tests.sweeps import work

GRID = Grid(SMALL.replace(num_steps=8), product={"seed": range(3), "l2": [0.0, 0.1]})
SWEEP = sys.modules[sweep.__module__]  # a function goes by the same name


@pytest.fixture
def measured(monkeypatch):
    """What was measured, call by call: half a second each, nine tenths of it for rows."""
    calls = []

    def forecast(experiments):
        calls.append(experiments)
        return Forecast(0.5, 0.9)

    monkeypatch.setattr(SWEEP, "forecast", forecast)
    monkeypatch.setattr(SWEEP, "train_batch", work.at_once)  # the one whose time can be told
    return calls


def first(store, **options):
    """The progress that is told first."""
    seen = []
    sweep(GRID, store=store, progress=seen.append, work=work.at_once, **options).close()
    return seen[0]


@pytest.mark.slow
def test_the_first_batch_is_measured_once(tmp_path, measured):
    told = first(tmp_path, batch=4)
    assert (told.expected, told.evaluation, told.left) == (0.5, 0.9, 3.0)
    assert measured == [list(GRID)[:4]]
    assert first(tmp_path).expected == 0  # nothing is missing
    assert len(measured) == 1


def test_workers_share_the_time(tmp_path, measured):
    with ThreadPoolExecutor(2) as executor:
        assert first(tmp_path, executor=executor).expected == 0.25


def test_workers_elsewhere_are_not_measured_here(tmp_path, measured):
    class Elsewhere:
        """Somebody else's machine."""

        submit = Inline().submit

    assert first(tmp_path, executor=Elsewhere()).expected == 0
    sweep(GRID, store=tmp_path / "quiet", work=work.at_once).close()
    assert measured == []


def test_the_command_says_it_in_its_first_line(capsys):
    report = _lines("en")
    report(Progress(0, 40, 0.0, expected=0.5, evaluation=0.9))
    report(Progress(20, 40, 15.0, expected=0.5, evaluation=0.9))
    assert capsys.readouterr().err.splitlines() == [
        "reglab: 0 of 40 done, 20 s left, 90 % of the time for rows of history (eval_every)",
        "reglab: 20 of 40 done, 15 s left",
    ]
