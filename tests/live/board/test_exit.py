"""A process ends when its main thread does, whatever a session is doing."""

import subprocess
import sys

CODE = """
import time
from reglab import Session
session = Session(steps_per_second=None)
session.play()
while session.state.step < 20:
    time.sleep(0.01)
print("leaving", flush=True)
"""


def test_a_playing_session_does_not_hang_or_abort_the_exit():
    ended = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "leaving\n"), ended.stderr
