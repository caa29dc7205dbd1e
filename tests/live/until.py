"""Waiting for a frame, not for a time."""

import threading

SECONDS = 120


def until(session, holds):
    """The first frame for which ``holds(frame)`` is true, of the newest and those that come."""
    found, there = [], threading.Event()

    def look(frame):
        if not there.is_set() and holds(frame):
            found.append(frame)
            there.set()

    end = session.subscribe(look)
    try:
        if session.frame is not None:
            look(session.frame)
        assert there.wait(SECONDS), f"still waiting at {session.state}"
    finally:
        end()
    return found[0]


def trains_on(session, rows=2):
    """Waits until the first run has so many further rows."""
    start = until(session, lambda frame: True).runs[0].step.size
    until(session, lambda frame: frame.runs[0].step.size >= start + rows)
