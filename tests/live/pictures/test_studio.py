"""A picture that takes long to make holds up neither training nor Pause."""

import dataclasses
import itertools
import time
from typing import NamedTuple

import pytest

from reglab import Session
from reglab.live.pictures import PICTURES, Moment, Studio, register
from tests.live.until import until
from tests.small import SMALL

LONG = SMALL.replace(num_steps=100_000)


class SlowView(NamedTuple):
    """Says of which moment it is."""

    rows: int


@pytest.fixture
def slow():
    """Registers a picture that calls ``wait`` while it is made; returns how to set that."""

    def make(wait, **options):
        def made(moment):
            wait()
            return SlowView(len(moment.errors.runs[0].step))

        picture = dataclasses.replace(
            PICTURES["plane"], name="slow", maker=lambda: made, is_dear=True, **options
        )
        register(picture)

    yield make
    PICTURES.unregister("slow")


def test_a_dear_picture_takes_a_sixth_of_the_time_while_training_goes_on(slow):
    now, makings = [0.0], []

    def wait():
        makings.append(now[0])
        now[0] += cost

    slow(wait)
    for cost, pause in ((0.01, 1.0), (0.4, 2.0)):
        now[0] = 0.0
        makings.clear()
        studio = Studio(("slow",), clock=lambda: now[0])
        views = []
        for _ in range(60):
            views.append(studio(MOMENT, is_busy=True).slow)
            now[0] += 0.1
        between = [after - before - cost for before, after in itertools.pairwise(makings)]
        assert len(between) >= 2
        assert all(pause <= wait < pause + 0.11 for wait in between)
        assert all(views)
        count = len(makings)
        studio(MOMENT)  # at rest it is of the moment
        assert len(makings) == count + 1


def test_pause_is_heard_and_frames_go_on(slow):
    slow(lambda: time.sleep(0.3))
    with Session(LONG, pictures=("slow",), steps_per_second=None) as session:
        session.play()
        first = until(
            session, lambda frame: frame.status.state == "playing" and frame.pictures.slow
        )
        later = until(
            session,
            lambda frame: (
                frame.number >= first.number + 5
                and len(frame.runs[0].step) > frame.pictures.slow.rows + 5
            ),
        )
        assert later.status.state == "playing"  # frames went on without it
        session.pause()
        paused = until(session, lambda frame: frame.status.state == "paused")
        assert paused.status.step < LONG.num_steps
        assert paused.pictures.slow.rows == len(paused.runs[0].step)


class Errors(NamedTuple):
    """As much of the errors as the slow picture looks at."""

    runs: tuple


class Rows(NamedTuple):
    """A run of a row."""

    step: tuple


MOMENT = Moment(None, None, None, errors=Errors((Rows((0,)),)))
