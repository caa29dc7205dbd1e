"""What the tests of the worker share."""

import pytest

from tests.live.toy import SECONDS, started


@pytest.fixture
def toy():
    """A toy that works, and is closed afterwards."""
    made = started()
    assert made.worker.wait(SECONDS)  # until the first turn is over
    yield made
    made.gate.set()
    made.worker.close(SECONDS)
    assert not made.worker.thread.is_alive()
