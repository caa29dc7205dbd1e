"""What takes a while is done by the session's worker: the kernel stays free and hears Pause."""

import asyncio
import threading

import pytest

from reglab.live import Outcome
from reglab.panels import MitchellLab
from tests.live.until import trains_on
from tests.small import SMALL

SECONDS = 120


@pytest.fixture
def gate(monkeypatch):
    """Holds whatever is applied to a run until it is opened."""
    opened = threading.Event()

    def slow(name, runs, current):
        assert opened.wait(SECONDS)
        return Outcome(f"{name} gave 3 % of {len(runs)}.", 0)

    monkeypatch.setattr("reglab.panels.board.lab.apply_remedy", slow)
    return opened


def test_pause_is_heard_while_a_remedy_is_applied(gate):
    threads = set()

    async def main():
        lab = MitchellLab(SMALL.replace(num_steps=100_000))
        said = lab.controls.remedy.said
        said.observe(lambda change: threads.add(threading.current_thread()), "value")
        try:
            lab.session.play()
            await asyncio.to_thread(trains_on, lab.session)
            assert lab._toolbar.play.description == "Pause"
            lab.controls.remedy.apply.click()
            assert said.value == "Working on it…"
            lab._toolbar.play.click()
            gate.set()
            assert await asyncio.to_thread(lab.session.wait, SECONDS)
            await asyncio.sleep(0)
            assert lab.session.state.state == "paused"
            assert said.value == "oracle gave 3\u202f% of 1."
            assert lab.session.wait(SECONDS)
            assert lab.session.frame.h == (0, 0)
        finally:
            lab.close()

    asyncio.run(main())
    assert threads == {threading.current_thread()}


def test_what_is_saved_comes_on_the_loop_in_the_order_in_which_it_was_asked_for():
    saved = []

    async def main():
        lab = MitchellLab(SMALL)
        lab.view.download = lambda name, *_: saved.append((name, threading.current_thread()))
        try:
            assert await asyncio.to_thread(lab.session.wait, SECONDS)
            for button in lab._toolbar.exports[:2]:
                button.click()
            assert await asyncio.to_thread(lab.session.wait, SECONDS)
            await asyncio.sleep(0)
        finally:
            lab.close()

    asyncio.run(main())
    here = threading.current_thread()
    assert saved == [("reglab-mitchell.csv", here), ("reglab-mitchell.json", here)]


def test_an_error_is_told_in_words_and_what_comes_too_late_is_dropped():
    lab = MitchellLab(SMALL)
    told = []
    gate, is_held = threading.Event(), threading.Event()

    def fail(error):
        raise error

    def hold():
        is_held.set()
        assert gate.wait(SECONDS)

    try:
        for error in (ValueError("rows: expected one"), OSError("no room"), KeyError("run")):
            lab._later(lambda error=error: fail(error), told.append, told.append)
        assert lab.session.wait(SECONDS)
        assert told == ["rows: expected one", "no room", "KeyError: 'run'"]
        lab._later(hold, told.append, told.append)
        assert is_held.wait(SECONDS)
        lab._later(lambda: "late", told.append, told.append)
        lab.session.close(timeout=0.0)
        gate.set()
        lab.session.close(SECONDS)
        assert told[3:] == [None]
    finally:
        lab.close()
