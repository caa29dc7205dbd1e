"""Which panel belongs to which cell, so that running a cell again never leaves two loops."""

from typing import Any, Protocol


class Closable(Protocol):
    """A panel."""

    def close(self) -> None:
        """Stops its loop and frees its widgets."""


_panels: dict[str | None, tuple[str | None, list[Closable]]] = {}


def claim(panel: Closable) -> None:
    """Enters a panel as that of the running cell; closes those of an earlier run of the cell."""
    cell, execution = _running_cell()
    before, panels = _panels.get(cell, (None, []))
    if before != execution or execution is None:
        for old in panels:
            old.close()
        panels = []
    _panels[cell] = execution, [*panels, panel]


def descendants(widget: object) -> list[Any]:
    """All widgets inside of one, those inside of others first."""
    children = getattr(widget, "children", ())
    return [grandchild for child in children for grandchild in (*descendants(child), child)]


def _running_cell() -> tuple[str | None, str | None]:
    """The cell's identity and that of this execution of it; None where the front end is silent."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None, None
    shell: Any = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None, None
    parent = kernel.get_parent()
    cell = parent.get("metadata", {}).get("cellId")
    return cell, parent.get("header", {}).get("msg_id")
