"""A session on regression: every part of a frame, and what is done afterwards."""

import pytest

from reglab import Experiment, Hyper, LinearConfig, Session
from tests.live.board.test_session import finish, settle


@pytest.mark.slow
def test_a_session_judges_squared_errors():
    hyper = Hyper(noise=0.5, label_noise=0, num_train=30)
    experiment = Experiment(
        distribution="gaussian_linear",
        model=LinearConfig(),
        max_train=60,
        num_steps=300,
        hyper=hyper,
    )
    with Session(experiment, steps_per_second=None) as session:
        frame = finish(session)
        assert frame.status.state == "finished"
        assert frame.picture is None  # 20 features and an answer have no picture
        assert frame.verdict.code == "OVERFITS"
        assert "(1 − R²)" in frame.verdict.sentence
        assert frame.bayes_error == 0.2
        session.set(noise=0.0)
        assert settle(session).bayes_error == 0.0
