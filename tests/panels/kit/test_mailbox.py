"""The mailbox: on the loop it was made on, the latest alone, and at once where no loop runs."""

import asyncio
import threading

from reglab.panels.kit.mailbox import Loop, Mailbox


def test_where_no_loop_runs_it_hands_over_at_once():
    taken = []
    mail = Mailbox(lambda item: taken.append((item, threading.current_thread())))
    assert mail.latest is None
    mail.put(1)
    thread = threading.Thread(target=mail.put, args=(2,))
    thread.start()
    thread.join()
    assert taken == [(1, threading.current_thread()), (2, thread)]
    assert mail.latest == 2


def test_a_loop_takes_the_latest_alone_and_on_its_own_thread():
    taken = []

    async def main():
        mail = Mailbox(lambda item: taken.append((item, threading.current_thread())))
        thread = threading.Thread(target=lambda: [mail.put(i) for i in range(100)])
        thread.start()
        thread.join()  # the loop is held meanwhile
        assert taken == []
        await asyncio.sleep(0)
        mail.put(100)
        await asyncio.sleep(0)

    asyncio.run(main())
    assert taken == [(99, threading.current_thread()), (100, threading.current_thread())]


def test_a_loop_that_is_closed_takes_nothing():
    taken = []

    async def main():
        return Mailbox(taken.append)

    mail = asyncio.run(main())
    mail.put(1)
    assert taken == []
    assert mail.latest == 1


def test_a_taker_that_fails_is_called_again():
    taken = []

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)

        def take(item):
            taken.append(item)
            raise RuntimeError("no ink")

        mail = Mailbox(take)
        for item in (1, 2):
            mail.put(item)
            await asyncio.sleep(0)

    asyncio.run(main())
    assert taken == [1, 2]


def test_calls_on_a_loop_come_in_order_and_none_is_lost():
    taken = []

    async def main():
        loop = Loop()

        def hand_in():
            for i in range(100):
                loop.call(lambda i=i: taken.append((i, threading.current_thread())))

        thread = threading.Thread(target=hand_in)
        thread.start()
        thread.join()
        assert taken == []
        await asyncio.sleep(0)
        return loop

    loop = asyncio.run(main())
    assert taken == [(i, threading.current_thread()) for i in range(100)]
    loop.call(taken.clear)  # a loop that is closed calls nothing
    assert len(taken) == 100


def test_without_a_loop_a_call_is_made_at_once():
    taken = []
    Loop().call(taken.append, 1)
    assert taken == [1]
