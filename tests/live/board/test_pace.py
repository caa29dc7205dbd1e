"""The pace: kept to on average, and no race to catch up after something held training up."""

from types import SimpleNamespace

import pytest

from reglab.live.board.pace import Pace


class Run:
    """A run that trains in no time."""

    def __init__(self, every):
        self.step, self.experiment = 0, SimpleNamespace(eval_every=every)

    def advance(self, num_steps):
        self.step += num_steps
        return num_steps


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("reglab.live.board.pace.time", made)
    return made


def trained(pace, run, clock, seconds):
    """Steps that are taken in so many seconds."""
    start, end = run.step, clock.now + seconds
    while (delay := pace.delay(run.experiment.eval_every)) + clock.now < end:
        clock.now += delay + 0.001  # nothing is ever quite in time
        pace.train((run,))
    clock.now = end
    return run.step - start


@pytest.mark.parametrize("every", [1, 6, 30])
@pytest.mark.parametrize("wanted", [30.0, 120.0, 600.0])
def test_a_pace_is_kept_to_and_a_delay_is_not_caught_up(clock, wanted, every):
    pace, run = Pace(wanted), Run(every)
    trained(pace, run, clock, 2.0)
    assert trained(pace, run, clock, 20.0) == pytest.approx(20 * wanted, rel=0.04, abs=every)
    clock.now += 10.0  # as where the worker applies a remedy meanwhile
    assert trained(pace, run, clock, 2.0) <= 2.2 * wanted * 1.04 + 2 * every
