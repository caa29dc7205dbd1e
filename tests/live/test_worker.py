"""The worker on toy engines: order, the latest wish, what fails, and what is done by the way."""

import threading

from tests.live.toy import SECONDS, Toy, held, settled, started


def test_the_first_turn_comes_before_any_command(toy):
    assert toy.worker.frame == (True, ())


def test_commands_are_carried_out_in_order_in_one_thread(toy):
    threads = set()
    for number in range(100):
        toy.worker.post(toy.add, number)
        toy.worker.post(lambda: threads.add(threading.current_thread()))
    assert settled(toy) == list(range(100))
    assert threads == {toy.worker.thread}
    assert toy.worker.frame == (True, tuple(range(100)))


def test_commands_of_many_threads_all_arrive(toy):
    def hand_in(start):
        for number in range(start, start + 50):
            toy.worker.post(toy.add, number)

    threads = [threading.Thread(target=hand_in, args=(100 * i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = settled(toy)
    for start in range(0, 800, 100):
        assert [n for n in done if start <= n < start + 100] == list(range(start, start + 50))


def test_of_a_wish_the_latest_counts_and_other_values_are_kept(toy):
    worker = held(toy)
    for rate in range(200):
        worker.post_latest(toy.set, rate=rate)
    worker.post_latest(toy.set, noise=1)
    assert settled(toy) == [{"rate": 199, "noise": 1}]


def test_wishes_of_different_kinds_do_not_hide_each_other(toy):
    worker = held(toy)
    for place in range(3):
        worker.post_latest(toy.look, place)
        worker.post_latest(toy.set, rate=place)
    assert settled(toy) == [2, {"rate": 2}]


def test_a_wish_never_passes_a_command(toy):
    worker = held(toy)
    worker.post_latest(toy.set, rate=1)
    worker.post(toy.add, "twin")
    worker.post_latest(toy.set, rate=2)
    assert settled(toy) == [{"rate": 1}, "twin", {"rate": 2}]


def test_the_same_method_of_another_object_is_another_wish(toy):
    other = Toy(toy.worker)
    worker = held(toy)
    worker.post_latest(toy.look, 1)
    worker.post_latest(other.look, 2)
    assert (settled(toy), other.done) == ([1], [2])


def test_commands_are_heard_between_two_turns_of_long_work(toy):
    toy.worker.post(toy.begin, 10**9)
    toy.worker.post(toy.add, 1)
    assert not toy.worker.wait(0.01)
    toy.worker.post(toy.begin, 0)
    assert settled(toy) == [1]
    assert toy.work == 0


def test_what_waits_can_be_asked_for_within_a_command(toy):
    worker = held(toy)
    assert not worker.waits_for(toy.add, toy.begin)
    worker.post(toy.add, 1)
    assert worker.waits_for(toy.add, toy.begin)
    assert not worker.waits_for(toy.begin)
    settled(toy)
    assert not worker.waits_for(toy.add)


def test_a_command_that_fails_is_refused_and_the_next_is_carried_out(toy, caplog):
    worker = held(toy)
    worker.post(toy.break_down, ValueError("rate: expected less"))
    worker.post(toy.add, 1)
    worker.post(toy.break_down, RuntimeError("no ink"))
    worker.post(toy.add, 2)
    assert settled(toy) == [1, 2]
    assert toy.refused == ["rate: expected less", "no ink"]
    assert [record.message for record in caplog.records] == ["a command of the session failed"]
    assert worker.frame == (True, (1, 2))


def test_a_turn_that_fails_stops_the_work_and_not_the_worker(caplog):
    class Broken(Toy):
        def turn(self, is_told):
            if self.work:
                raise RuntimeError("out of paper")
            super().turn(is_told)

    toy = started(Broken, work=5)
    try:
        assert toy.worker.wait(SECONDS)
        assert toy.failed == ["out of paper"]
        toy.worker.post(toy.add, 1)
        assert settled(toy) == [1]
        assert "the work of the session stopped" in caplog.text
    finally:
        toy.worker.close(SECONDS)


def test_a_subscriber_that_fails_stops_nobody(toy, caplog):
    seen = []

    def broken(frame):
        raise RuntimeError("no")

    toy.worker.subscribe(broken)
    end = toy.worker.subscribe(seen.append)
    toy.worker.post(toy.add, 1)
    settled(toy)
    assert seen == [(True, (1,))]
    assert "a subscriber of the session failed" in caplog.text
    end()
    end()
    toy.worker.post(toy.add, 2)
    settled(toy)
    assert len(seen) == 1


def test_what_is_done_by_the_way_comes_back_in_a_future(toy):
    where = toy.worker.do(threading.current_thread)
    failed = toy.worker.do(lambda: 1 / 0)
    assert where.result(SECONDS) is toy.worker.thread
    assert isinstance(failed.exception(SECONDS), ZeroDivisionError)
    assert toy.refused == []
    assert toy.worker.wait(SECONDS)


def test_what_is_asked_for_meanwhile_waits_for_it_and_is_heard(toy):
    gate, is_held = threading.Event(), threading.Event()

    def work():
        is_held.set()
        return gate.wait(SECONDS)

    long = toy.worker.do(work)
    assert is_held.wait(SECONDS)
    toy.worker.post(toy.add, "pause")
    assert toy.worker.waits_for(toy.add)
    assert not long.done()
    gate.set()
    assert settled(toy) == ["pause"]
    assert long.result(0)


def test_wait_tells_whether_the_time_was_enough(toy):
    worker = held(toy)
    assert not worker.wait(0.01)
    settled(toy)
    assert worker.wait(0)
