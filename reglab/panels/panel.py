"""What panels with a session behind them have in common: how they end, and what is seen without."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ClassVar, Generic, TypeVar

import ipywidgets as widgets

from reglab.live.base import BaseSession
from reglab.panels import cells
from reglab.panels.mailbox import Loop
from reglab.panels.view import with_fallback
from reglab.words import reason, say, translated

S = TypeVar("S", bound=BaseSession)
T = TypeVar("T")
TOLD = (ValueError, RuntimeError, OSError)  # errors whose words are for those who use a panel


class Panel(widgets.Box, Generic[S]):
    """A panel that owns a session.

    Attributes:
        session: the engine, which has a worker thread and a ``close``.
        view: its pictures, which hear the languages of the browser.
        fallback: what a viewer without widgets shows in place of the panel.
    """

    fallback: ClassVar[str]
    session: S
    view: Any

    def __init__(self, children: list[widgets.Widget]):
        super().__init__(children)
        self._loop = Loop()  # of the cell that makes the panel: callbacks may run on other threads
        self.view.speech.lead(self)

    def close(self) -> None:
        """Stops the worker and frees every widget of the panel."""
        if hasattr(self, "session"):  # otherwise a mistake in the arguments left none
            self.session.close(timeout=1.0)
            for widget in cells.descendants(self):
                widget.close()
        super().close()

    def _later(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Has the session's worker do something that takes a while; the kernel stays free.

        Args:
            work: what to do.
            done: takes what came of it, where widgets may be written.
            failed: takes the words of an error instead.
        """

        def take(future: "Future[T]") -> None:
            error = None if future.cancelled() else future.exception()
            if isinstance(error, TOLD):
                failed(reason(error))
            elif error is not None:
                failed(say("{kind}: {text}", kind=type(error).__name__, text=reason(error)))
            elif not future.cancelled():
                done(future.result())

        self.session.do(work).add_done_callback(lambda future: self._loop.call(take, future))

    # IPython takes a pair too, which ipywidgets leaves out.
    def _repr_mimebundle_(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, **kwargs: object
    ) -> tuple[dict, dict]:
        text = translated(self.fallback, self.view.speech.language)
        return with_fallback(super()._repr_mimebundle_(**kwargs), text)
