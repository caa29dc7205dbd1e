"""The certificate on screen: proved on a thread of its own, shown while the pair is the same."""

import pytest

from reglab.config import Experiment, MLPConfig
from reglab.live import Session
from reglab.live.board.certified import Attempt, Certified, _key
from reglab.mitchell import certify
from tests.live.until import until

EXPERIMENT = Experiment(model=MLPConfig((32, 32)), num_steps=600, eval_every=30)


@pytest.fixture(scope="module")
def session():
    with Session(EXPERIMENT, steps_per_second=None) as session:
        session.play()
        assert session.wait(120)
        yield session


def test_a_verdict_is_certified_until_h_changes(session):
    frame = session.frame
    assert (frame.verdict.code, frame.verdict.certify) == ("OVERFITS", "ready")
    session.certify()
    done = until(session, lambda frame: frame.verdict.certify == "done")
    found = certify(*session.runs, witness=frame.witness)
    assert done.verdict.sentence == found.sentence
    assert done.verdict.severity == frame.verdict.severity
    session.select(0, 15)
    assert session.wait(60)
    other = session.frame.verdict
    assert other.certify in ("", "ready")
    assert not other.sentence.startswith("Certified")
    session.select(0)
    assert session.wait(60)
    assert session.frame.verdict.sentence == found.sentence


def test_a_session_trains_on_meanwhile_and_forgets_what_is_stale(session, monkeypatch):
    waiting = []
    monkeypatch.setattr(
        "reglab.live.board.certified.threading.Thread",
        lambda target, **_: type("Held", (), {"start": lambda self: waiting.append(target)})(),
    )
    session.select(0)
    session.rewind()
    session.play()
    assert session.wait(120)
    session._engine.scene.certified.attempt = None  # the same run again has the same certificate
    session.certify()
    until(session, lambda frame: frame.verdict.certify == "working")
    session.certify()  # once is enough
    session.wait(60)
    (work,) = waiting
    session.play()  # as many steps again
    assert session.wait(120)
    step = session.state.step
    work()
    assert session.wait(60)
    assert (session.state.step, session.frame.verdict.certify) == (step, "ready")


def test_what_is_not_proved_says_so(session):
    scene = session._engine.scene
    session._worker.post(scene.certified.take, Attempt("of another pair", "open", "no"))
    assert session.wait(60)
    assert session.frame.verdict.certify == "ready"
    key = _key(session._board, session.frame.witness)
    session._worker.post(scene.certified.take, Attempt(key, "open", "Not certified: more cells."))
    assert session.wait(60)
    verdict, scene.certified.attempt = session.frame.verdict, None
    assert (verdict.certify, verdict.why) == ("open", "Not certified: more cells.")
    assert "overfits" in verdict.sentence


def test_it_is_off_where_no_bounds_are_known(session, monkeypatch):
    monkeypatch.setattr("reglab.live.board.certified.not_certified", lambda *_: "no bounds of tanh")
    session._engine.scene.certified = Certified()
    session.certify()
    assert session.wait(60)
    verdict = session.frame.verdict
    assert (verdict.code, verdict.certify, verdict.why) == ("OVERFITS", "off", "no bounds of tanh")
    session.certify()
    assert session.wait(60)
    assert session.frame.verdict.certify == "off"


def test_a_certificate_that_comes_after_the_end_is_dropped():
    session = Session(EXPERIMENT)
    session.close()
    session._worker.tell(session._engine.scene.certified.take, Attempt("", "open", ""))
