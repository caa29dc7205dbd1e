"""A number of ``Hyper`` as a slider."""

from collections.abc import Callable

import ipywidgets as widgets

from reglab.config import Hyper, Knob
from reglab.mitchell.words import grouped, plain
from reglab.panels.kit.layout import switch


def words(value: float, *, is_share: bool = False) -> str:
    r"""A value as the slider shows it.

    >>> words(0.15, is_share=True), words(0.0003), words(1000) == "1\u202f000"
    ('15 %', '0.0003', True)
    """
    if is_share:
        return f"{100 * value:.3g} %"
    if value >= 1000:
        return grouped(round(value))
    return plain(value)


class KnobSlider:
    """One slider; values that are not on the ladder join it.

    Args:
        knob: what it moves.
        set: called with ``name=value`` when a person moved it.
    """

    def __init__(self, knob: Knob, set: Callable[..., None]):
        self.knob, self._set, self._silent = knob, set, False
        self._is_off = False  # then no value is in force, and none is shown
        self.widget = widgets.SelectionSlider(
            options=self._options(knob.ladder),
            description=knob.label,
            tooltip=knob.help,
            continuous_update=False,
        )
        self.widget.add_class("reglab-slider")
        self.widget.observe(self._observed, "value")

    def _options(self, ladder) -> list[tuple[str, float]]:
        is_share = self.knob.is_share
        return [("–" if self._is_off else words(v, is_share=is_share), v) for v in ladder]

    def _observed(self, change) -> None:
        if not self._silent:
            self._set(**{self.knob.name: change["new"]})

    def switch(self, reason: str | None) -> None:
        """Lets the slider be moved, or not where there is a reason, which it then tells."""
        self._is_off = reason is not None
        switch(self.widget, reason, self.knob.help)

    def show(self, hyper: Hyper, most: float | None = None) -> None:
        """Shows the value in force, without reporting it as moved."""
        value = getattr(hyper, self.knob.name)
        ladder = [v for v in self.knob.ladder if most is None or v <= most]
        ladder = sorted({*ladder, value})
        self._silent = True
        try:
            if list(self.widget.options) != (options := self._options(ladder)):
                with self.widget.hold_sync():  # the options' first is never seen
                    self.widget.options = options
                    self.widget.value = value
            elif self.widget.value != value:
                self.widget.value = value
        finally:
            self._silent = False
