"""The live view: a session's verdict, decision map, witness plane, curves and board."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from reglab.panels.bundle import script, sheet
from reglab.panels.view import Actions, RoomView, is_index, painted

CARDS = (("map", "images"), ("plane",), ("curves",))  # in reading order; see ``painted``


def _is_run(value: object, _: Mapping[str, Any], frame: Any) -> bool:
    return is_index(value, len(frame.runs) if frame is not None else 0)


def _is_row(value: object, said: Mapping[str, Any], frame: Any) -> bool:
    return is_index(value, len(frame.runs[said["run"]].step))


class LiveView(RoomView):
    """Verdict, pictures and board of a session, drawn in the browser.

    Args:
        cards: names of the pictures in each; those in one card take turns.
        **options: see ``RoomView``.
    """

    _esm = script("mitchell.js", cards=painted(CARDS))
    _css = sheet("mitchell.js", cards=painted(CARDS))
    actions: ClassVar[Actions] = {
        "follow": {},
        "certify": {},
        "map": {"what": lambda what, *_: what in ("h", "witness", "disagreement")},
        "select": {"run": _is_run, "row": _is_row},
        "pool": {"run": _is_run, "include": lambda include, *_: isinstance(include, bool)},
        "pick_run": {"run": _is_run},
    }

    def __init__(self, *, cards: Sequence[Sequence[str]] = CARDS, **options: Any):
        if cards is not CARDS:
            self._esm = script("mitchell.js", cards=painted(cards))
            self._css = sheet("mitchell.js", cards=painted(cards))
        super().__init__(**options)
