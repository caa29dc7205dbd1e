"""A toy engine, and a worker that lets it work."""

import threading

from reglab.live.worker import Worker

SECONDS = 30


class Toy:
    """Counts its turns, writes down what it was told, and publishes both."""

    def __init__(self, worker, work=0):
        self.worker, self.work = worker, work
        self.done: list = []
        self.refused: list[str] = []
        self.failed: list[str] = []
        self.is_closed = False
        self.gate = threading.Event()
        self.is_held = threading.Event()

    @property
    def delay(self):
        return 0.0 if self.work else None

    def turn(self, is_told):
        if self.work:
            self.work -= 1
        self.worker.publish((is_told, tuple(self.done)))

    def refuse(self, error):
        self.refused.append(str(error))

    def fail(self, error):
        self.failed.append(str(error))
        self.work = 0

    def close(self):
        self.is_closed = True

    # -- commands ------------------------------------------------------------------------------

    def add(self, number):
        self.done.append(number)

    def set(self, **values):
        self.done.append(values)

    def look(self, place):
        self.done.append(place)

    def begin(self, turns):
        self.work = turns

    def hold(self):
        self.is_held.set()
        assert self.gate.wait(SECONDS)

    def break_down(self, error):
        raise error


def started(kind=Toy, **values):
    worker = Worker("toy")
    engine = kind(worker, **values)
    worker.start(engine)
    return engine


def held(toy):
    """Holds the worker in a command, so that all that follows waits."""
    toy.worker.post(toy.hold)
    assert toy.is_held.wait(SECONDS)
    return toy.worker


def settled(toy):
    toy.gate.set()
    assert toy.worker.wait(SECONDS)
    return toy.done
