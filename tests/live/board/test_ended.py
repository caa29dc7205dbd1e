"""A run that has ended, beside one that trains on."""

import pytest

from reglab import Session
from tests.small import SMALL

SECONDS = 120


@pytest.mark.parametrize("moved", [{"num_train": 20}, {"label_noise": 0.4}])
def test_when_the_data_move_each_is_judged_among_those_that_share_them(moved, caplog):
    with Session(SMALL, steps_per_second=None) as session:
        session.play()
        assert session.wait(SECONDS)
        session.add_twin(l2=0.01)
        session.pause()
        session.set(**moved)
        session.step()
        assert session.wait(SECONDS)
        codes = [row.code for row in session.frame.board]
        assert codes[0] != "NONE" == codes[1]
        session.select(1)
        session.step()
        assert session.wait(SECONDS)
        codes = [row.code for row in session.frame.board]
        assert codes[0] == "NONE" != codes[1]
        assert (session.state.text, caplog.messages) == ("", [])
