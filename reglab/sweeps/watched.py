"""The runs of a sweep that somebody else writes, read from its store while it grows."""

import itertools
import time
from collections.abc import Callable, Iterator
from os import PathLike

from reglab.sweeps.store import open_store
from reglab.training import Piece, Progress, Source

PAGE = 500  # results that are read between two looks, at most


def watched(folder: str | PathLike, *, total: int = 0, every: float = 1.0) -> Source:
    """Reads a sweep's store again and again, while somebody else writes it or afterwards.

    Args:
        folder: of the store.
        total: results that there will be, done or failed, where no sweep has said it in the
            store. The source ends with the last of them; where nobody has said, when it is told to.
        every: seconds between two looks at a store that has not grown.
    """

    def source(should_stop: Callable[[], bool]) -> Iterator[Piece]:
        started, seen, last = time.monotonic(), 0, 0
        with open_store(folder) as store:
            known = len(store) + store.num_failed
            while not should_stop():
                page = list(itertools.islice(store.runs(last), PAGE))
                seen, failed = seen + len(page), store.num_failed
                last = page[-1].number if page else last
                seconds = time.monotonic() - started
                done, end = seen + failed, store.num_expected or total
                yield page, Progress(done, end, seconds, failed, min(known, done))
                if 0 < end <= done:
                    return
                if not page:
                    _rest(every, should_stop)

    return source


def _rest(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not should_stop():
        time.sleep(0.05)
