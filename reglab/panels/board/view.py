"""The live view: a session's verdict, decision map, witness plane, curves and board."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from reglab.panels.kit.view import Actions, RoomView, is_index

CARDS = (("map", "images"), ("plane",), ("curves",))  # in reading order


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

    entry = "board.js"
    actions: ClassVar[Actions] = {
        "follow": {},
        "certify": {},
        "map": {"what": lambda what, *_: what in ("h", "witness", "disagreement")},
        "select": {"run": _is_run, "row": _is_row},
        "pool": {"run": _is_run, "include": lambda include, *_: isinstance(include, bool)},
        "pick_run": {"run": _is_run},
    }

    def __init__(self, *, cards: Iterable[Iterable[str]] = CARDS, **options: Any):
        super().__init__(cards=cards, **options)
