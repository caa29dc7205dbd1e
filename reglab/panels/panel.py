"""What panels with a session behind them have in common: how they end, and what is seen without."""

from typing import Any, ClassVar

import ipywidgets as widgets

from reglab.panels import cells
from reglab.panels.live import with_fallback


class Panel(widgets.Box):
    """A panel that owns a session.

    Attributes:
        session: the engine, which has a worker thread and a ``close``.
        fallback: what a viewer without widgets shows in place of the panel.
    """

    fallback: ClassVar[str]
    session: Any

    def close(self) -> None:
        """Stops the worker and frees every widget of the panel."""
        if hasattr(self, "session"):  # otherwise a mistake in the arguments left none
            self.session.close(timeout=1.0)
            for widget in cells.descendants(self):
                widget.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        return with_fallback(super()._repr_mimebundle_(**kwargs), self.fallback)
