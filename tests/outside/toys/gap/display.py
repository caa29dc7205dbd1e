"""Draws the view with matplotlib."""

from reglab.figures import style
from reglab.figures.display import Display


class GapDisplay(Display):
    """The gap against steps, a line."""

    def __init__(self, view, *, language=None):
        super().__init__(language)
        self.view = view

    def plot(self, ax=None):
        """Draws into ``ax``, or into a new figure."""
        self.ax_ = style.axes(ax, (3.4, 2.2), (0.4, 0.1, 0.4, 0.3))
        (self.line_,) = self.ax_.plot(self.view.step, self.view.gap)
        return self
