"""The live view: a session's verdict, decision map, witness plane, curves and board."""

from collections.abc import Mapping
from typing import Any, ClassVar

from reglab.panels.bundle import script, sheet
from reglab.panels.view import Actions, RoomView, is_index


def _is_run(value: object, _: Mapping[str, Any], frame: Any) -> bool:
    return is_index(value, len(frame.runs) if frame is not None else 0)


def _is_row(value: object, said: Mapping[str, Any], frame: Any) -> bool:
    return is_index(value, len(frame.runs[said["run"]].step))


class LiveView(RoomView):
    """Verdict, decision map, witness plane, curves and board of a session, drawn in the browser."""

    _esm = script("mitchell.js")
    _css = sheet("mitchell.js")
    actions: ClassVar[Actions] = {
        "follow": {},
        "certify": {},
        "map": {"what": lambda what, *_: what in ("h", "witness", "disagreement")},
        "select": {"run": _is_run, "row": _is_row},
        "pool": {"run": _is_run, "include": lambda include, *_: isinstance(include, bool)},
        "pick_run": {"run": _is_run},
    }
