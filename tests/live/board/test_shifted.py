"""The errors of h and its witness where the distribution has moved."""

import re

import pytest

from reglab import Session, distributions
from reglab.live.board.shifted import Shift, ShiftedErrors
from reglab.training import Trainer
from tests.small import SMALL


@pytest.fixture(scope="module")
def finished():
    with Session(SMALL, steps_per_second=None) as session:
        session.play()
        assert session.wait(60)
        yield session


@pytest.fixture
def session(finished):
    """A session that has trained, with no shift."""
    finished.shift(None)
    assert finished.wait(60)
    return finished


@pytest.mark.costly
@pytest.mark.parametrize("kind", sorted(distributions.SHIFTS, key=lambda kind: kind != "noise"))
def test_the_sentence_tells_the_error_over_the_shifted_distribution(session, kind):
    session.shift(kind, 0.3)
    assert session.wait(60)
    frame, run = session.frame, session.runs[0]
    moved = distributions.shifted(run.distribution, kind, 0.3)
    pairs = [frame.h] if frame.witness is None else [frame.h, frame.witness]
    told = [float(number) for number in re.findall(r"(\d+\.\d) ±", frame.shift_sentence)]
    assert len(told) == len(pairs)
    for number, (_, row) in zip(told, pairs, strict=True):
        error = moved.true_error(run.hypotheses[row]).value
        assert number == pytest.approx(100 * error, abs=1.5 if kind == "noise" else 0.3)


def test_no_shift_no_sentence(session):
    assert session.frame.shift_sentence == ""
    session.shift("rotation", 0.5)
    assert session.wait(60)
    assert "after rotation 0.5" in session.frame.shift_sentence
    session.shift(None)
    assert session.wait(60)
    assert session.frame.shift_sentence == ""


def test_what_cannot_be_is_refused_at_once(session):
    for kind, strength in (("shear", 0.1), ("rotation", 1.5), ("rotation", "far")):
        with pytest.raises(ValueError, match="expected"):
            session.shift(kind, strength)


def test_inputs_that_cannot_be_moved_so_are_said_and_training_goes_on():
    with Session(SMALL) as session:
        session.shift("rotation", 0.5)
        session.configure(SMALL.replace(distribution="mnist1d_frozen"))
        session.step()
        assert session.wait(120)
        assert session.state.state == "paused"
        assert session.frame.shift_sentence.startswith("shift: expected one of translation")


def test_while_training_a_slow_evaluation_waits_unless_the_shift_is_new():
    trainer = Trainer(SMALL)
    trainer.advance(SMALL.eval_every)
    shifted = ShiftedErrors()
    shifted.shift = Shift("rotation", 0.2)
    hypotheses = trainer.trajectory.hypotheses
    before, after = ((hypotheses.network, hypotheses.state(row)) for row in (0, 1))
    first = shifted.sentence(trainer, before, None, is_busy=True)
    assert "rotation 0.2" in first
    assert shifted._seconds < 0.5  # not the time to compile
    shifted._seconds = 10.0
    assert shifted.sentence(trainer, after, None, is_busy=True) == first
    assert shifted.sentence(trainer, after, None, is_busy=False) != first
    shifted.shift = Shift("rotation", 0.9)
    assert "rotation 0.9" in shifted.sentence(trainer, after, None, is_busy=True)
