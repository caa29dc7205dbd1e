"""The view of one check: its figure in the colours of the theme, and its numbers in a table."""

from functools import partial, reduce
from typing import Any

import traitlets

from reglab.panels.kit.notes import Written
from reglab.panels.kit.speech import spoken
from reglab.panels.kit.spoken import SpokenView
from reglab.theory import Check
from reglab.theory.words import KIND_WORDS, RELATION_WORDS, interval, name_of, number, shown_of
from reglab.words import SOURCE, Message, say


class ClaimView(SpokenView):
    """Shows what is in ``content``, the result of one of the functions below."""

    entry = "claims.js"
    content = traitlets.Dict().tag(sync=True)

    def __init__(self, *, language: str | None = None):
        self._shown: dict[str, Any] = {}
        super().__init__(language=language)
        self.speech.on_change(lambda _: self.show(self._shown))

    def show(self, content: dict[str, Any]) -> None:
        """Shows what one of the functions below made, in the language of the view."""
        self._shown, self.content = content, spoken(content, self.speech.language)


def empty() -> dict[str, Any]:
    """Before a claim was checked."""
    invitation = say("Predict first. Then press Check: it is measured here.")
    return {"state": "empty", "status": invitation}


def busy(id: str) -> dict[str, Any]:
    """While a claim is checked."""
    return {"state": "busy", "status": say("Measuring {id}: this takes up to 20 seconds.", id=id)}


def failed(text: str) -> dict[str, Any]:
    """Where a claim could not be checked, in words."""
    return {"state": "error", "status": text}


def result(check: Check) -> dict[str, Any]:
    """A claim that was checked."""
    wrong = sum(not row.passed for row in check.rows)
    judged = sum(row.is_judged for row in check.rows)
    values = {"judged": judged, "seed": check.seed, "seconds": f"{check.seconds:.1f}"}
    said = say("All {judged} measurements are as predicted: seed {seed}, {seconds} s", **values)
    if wrong:
        said = say(
            "{wrong} of {judged} measurements are not as predicted: seed {seed}, {seconds} s",
            wrong=wrong,
            **values,
        )
    rows = [_row(row) for row in check.rows]
    told = [say("{name}: {measured} {relation} {predicted}", **_worded(row)) for row in rows]
    return {
        "state": "failed" if wrong else "passed",
        "status": said,
        "svg": Drawn(_themed_svg, check),
        "alt": say(
            "{id}. Prediction beside measurement. {rows}.",
            id=check.claim.id,
            rows=reduce(_both, told),
        ),
        "rows": rows,
    }


class Drawn(Written):
    """The figure of a check, which is drawn anew in a language."""

    def into(self, language: str) -> "Drawn":
        """The same figure with its words in a language."""
        return Drawn(partial(_themed_svg, language=language), *self._texts)


def _row(row: Any) -> dict[str, Any]:
    shown = shown_of(row)
    return {
        "mark": ("✓" if row.passed else "✗") if row.is_judged else "",
        "name": name_of(row),
        "measured": interval(shown),
        "relation": RELATION_WORDS[row.predicted.relation],
        "predicted": number(shown.predicted) if row.is_judged else "",
        "kind": KIND_WORDS[row.predicted.kind],
        "passed": row.passed,
    }


def _both(one: str, more: str) -> Message:
    return say("{one}; {more}", one=one, more=more)


def _worded(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("name", "measured", "relation", "predicted")}


def _themed_svg(check: Check, language: str = SOURCE) -> str:
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
    display = ClaimDisplay(check, has_heading=False, language=language)
    text = rendered(display, "svg").decode()
    text = text[text.index("<svg") :]
    for colour, token in tokens.items():
        text = text.replace(colour, token)
    return text
