"""When frames are sent: after an acknowledgement, the latest only, and never to nobody for ever."""

import threading

import numpy as np
import pytest

from reglab.panels.kit.sender import MOST_PATIENCE, PATIENCE, Sender
from tests.panels.kit.live_frames import story
from tests.panels.kit.wire_reader import Reader


class Line:
    """A sender with a clock in hand; ``sent`` has (seq, reset, rows)."""

    def __init__(self):
        self.now, self.sent, self.reader = 0.0, [], Reader()
        self.sender = Sender(self.take, lambda: self.now)

    def take(self, content, buffers):
        frame = self.reader.take(content, buffers)
        self.sent.append((content["seq"], content["reset"], len(frame.runs[0].step)))


@pytest.fixture
def line():
    line = Line()
    line.sender.hello()
    return line


def test_nothing_is_sent_before_a_front_end_says_hello():
    line = Line()
    line.sender.offer(story(3))
    assert line.sent == []
    line.sender.hello()
    assert line.sent == [(1, True, 3)]


def test_the_next_frame_waits_for_the_acknowledgement_and_only_the_latest_counts(line):
    for rows in (1, 2, 3, 4):
        line.sender.offer(story(rows))
    assert line.sent == [(1, True, 1)]
    line.sender.acknowledged(1)
    assert line.sent[1:] == [(2, False, 4)]
    line.sender.acknowledged(2)
    assert len(line.sent) == 2


@pytest.mark.parametrize("seq", [0, 2, -1, True, None, "1", 1.0, [1]])
def test_an_acknowledgement_of_nothing_sent_is_ignored(line, seq):
    line.sender.offer(story(1))
    line.sender.offer(story(2))
    line.sender.acknowledged(seq)
    assert line.sent == [(1, True, 1)]


def test_a_lost_acknowledgement_does_not_stop_the_frames(line):
    line.sender.offer(story(1))
    line.now += PATIENCE - 0.01
    line.sender.offer(story(2))
    assert len(line.sent) == 1
    line.now += 0.02
    line.sender.offer(story(3))
    assert line.sent[1:] == [(2, True, 3)]


def test_a_silent_line_is_tried_less_and_less_often_until_it_answers(line):
    times = []
    for rows in range(1, 2000):
        before = len(line.sent)
        line.sender.offer(story(1)._replace(number=rows))
        times += [line.now] * (len(line.sent) - before)
        line.now += 0.1
    gaps = np.diff(times)
    assert gaps[0] == pytest.approx(PATIENCE, abs=0.11)
    assert gaps[1] == pytest.approx(2 * PATIENCE, abs=0.11)
    assert gaps.max() == pytest.approx(MOST_PATIENCE, abs=0.11)
    for _ in range(2):
        line.sender.acknowledged(line.sent[-1][0])
    line.sender.offer(story(5))
    assert line.sent[-1][1:] == (False, 5)


def test_a_late_acknowledgement_shows_that_somebody_listens(line):
    line.sender.offer(story(1))
    line.now += PATIENCE + 1
    line.sender.offer(story(2))
    line.sender.acknowledged(1)
    line.now += PATIENCE + 0.1
    line.sender.offer(story(3))
    assert [s[0] for s in line.sent] == [1, 2, 3]


def test_a_living_front_end_gets_what_was_lost(line):
    line.sender.offer(story(1))
    line.sender.offer(story(2))
    line.sender.nudge()
    assert len(line.sent) == 1
    line.now += PATIENCE + 0.1
    line.sender.nudge()
    assert line.sent[1:] == [(2, True, 2)]


def test_another_front_end_gets_everything(line):
    line.sender.offer(story(9))
    line.sender.acknowledged(1)
    line.sender.hello()
    assert line.sent[1:] == [(2, True, 9)]


def test_messages_stay_in_order_when_threads_meet():
    sent = []
    sender = Sender(lambda content, _: sent.append(content["seq"]))
    sender.hello()

    def offer():
        for rows in range(1, 60):
            sender.offer(story(rows))

    def answer():
        for _ in range(2000):
            if sent:
                sender.acknowledged(sent[-1])

    threads = [threading.Thread(target=target) for target in (offer, offer, answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent == list(range(1, len(sent) + 1))
