"""A process ends when its main thread does, whatever a session is doing."""

import subprocess
import sys

CODE = """
import threading
from reglab import Session
session, far = Session(steps_per_second=None), threading.Event()
session.subscribe(lambda frame: far.set() if frame.status.step >= 20 else None)
session.play()
far.wait()
print("leaving", flush=True)
"""


def test_a_playing_session_does_not_hang_or_abort_the_exit():
    ended = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "leaving\n"), ended.stderr
