"""The view of one check: its figure in the colours of the theme, and its numbers in a table."""

from typing import Any

import anywidget
import traitlets

from reglab.panels.bundle import script, sheet
from reglab.theory import Check
from reglab.theory.words import RELATION_WORDS, interval, name_of, number, shown_of


class ClaimView(anywidget.AnyWidget):
    """Shows what is in ``content``, the result of one of the functions below."""

    _esm = script("claims.js")
    _css = sheet("claims.js")
    content = traitlets.Dict().tag(sync=True)


def empty() -> dict[str, Any]:
    """Before a claim was checked."""
    return {"state": "empty", "status": "Predict first. Then press Check: it is measured here."}


def busy(id: str) -> dict[str, Any]:
    """While a claim is checked."""
    return {"state": "busy", "status": f"Measuring {id}: this takes up to 20 seconds."}


def failed(text: str) -> dict[str, Any]:
    """Where a claim could not be checked, in words."""
    return {"state": "error", "status": text}


def result(check: Check) -> dict[str, Any]:
    """A claim that was checked."""
    wrong = sum(not row.passed for row in check.rows)
    judged = sum(row.is_judged for row in check.rows)
    said = f"All {judged} measurements are as predicted"
    if wrong:
        said = f"{wrong} of {judged} measurements are not as predicted"
    said += f": seed {check.seed}, {check.seconds:.1f} s"
    rows = [_row(row) for row in check.rows]
    alt = "; ".join(f"{r['name']}: {r['measured']} {r['relation']} {r['predicted']}" for r in rows)
    return {
        "state": "failed" if wrong else "passed",
        "status": said,
        "svg": _themed_svg(check),
        "alt": f"{check.claim.id}. Prediction beside measurement. {alt}.",
        "rows": rows,
    }


def _row(row: Any) -> dict[str, Any]:
    shown = shown_of(row)
    return {
        "mark": ("✓" if row.passed else "✗") if row.is_judged else "",
        "name": name_of(row),
        "measured": interval(shown),
        "relation": RELATION_WORDS[row.predicted.relation],
        "predicted": number(shown.predicted) if row.is_judged else "",
        "kind": row.predicted.kind,
        "passed": row.passed,
    }


def _themed_svg(check: Check) -> str:
    """The figure without its heading, in the style sheet's colours instead of ink on paper."""
    from reglab.figures import ClaimDisplay, rendered, style  # takes a while: matplotlib

    tokens = {
        style.PAPER: "transparent",
        style.INK: "var(--rl-ink)",
        style.MUTED: "var(--rl-muted)",
        style.GRID: "var(--rl-grid)",
        style.RUNS[1]: "var(--rl-run1)",
        style.RED: "var(--rl-red)",
        style.GREEN: "var(--rl-green)",
    }
    text = rendered(ClaimDisplay(check, has_heading=False), "svg").decode()
    text = text[text.index("<svg") :]
    for colour, token in tokens.items():
        text = text.replace(colour, token)
    return text
