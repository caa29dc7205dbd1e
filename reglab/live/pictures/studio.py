"""``Studio``: makes the pictures that somebody shows, and those alone, within their time."""

import time
from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from reglab.config import check_name
from reglab.live.pictures.base import PICTURES

EVERY = 1.0  # seconds between two makings of a dear picture, at least, while training goes on
SHARE = 1 / 6  # of the time that a dear picture may take then


class Studio:
    """Makers of one session.

    Args:
        names: of the pictures.
        of: what moments are of: a ``board`` or a ``population``.
        clock: seconds, monotonic.

    Raises:
        ValueError: nobody registered a picture of that name, or one is named twice.
    """

    def __init__(
        self,
        names: Iterable[str],
        of: str = "board",
        clock: Callable[[], float] = time.monotonic,
    ):
        known = tuple(name for name, picture in PICTURES.items() if picture.of == of)
        shown = [PICTURES[check_name("picture", name, known)] for name in names]
        self._makers = [(picture.maker(), picture.is_dear) for picture in shown]
        self._kind: Any = namedtuple("Pictures", [picture.name for picture in shown])
        self._clock = clock
        self._views: list[Any] = [None] * len(shown)
        self._due = [0.0] * len(shown)  # when a dear picture is made again, by the clock

    def __call__(self, moment: Any, *, is_busy: bool = False) -> Any:
        """The views of a moment, as a NamedTuple; None where there is nothing to see.

        Args:
            moment: what there is.
            is_busy: whether training goes on, which a dear picture must not hold up: it then
                stays as it was made last.
        """
        for i, (make, is_dear) in enumerate(self._makers):
            started = self._clock()
            if is_dear and is_busy and started < self._due[i]:
                continue
            self._views[i] = make(moment)
            ended = self._clock()
            self._due[i] = ended + max(EVERY, (ended - started) * (1 / SHARE - 1))
        return self._kind(*self._views)
