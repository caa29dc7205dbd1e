"""``CheckLab``: claims of the theory, predicted and measured in front of you."""

import html
from concurrent.futures import Future
from functools import partial

import ipywidgets as widgets

from reglab import theory
from reglab.config import Range, check_name, check_number
from reglab.panels.claims import view as claim_view
from reglab.panels.claims.session import CheckSession
from reglab.panels.kit.layout import box, button
from reglab.panels.kit.notes import Written
from reglab.panels.kit.speech import tell
from reglab.panels.rooms.base import Lab, listed
from reglab.training import keep_compiled
from reglab.words import reason, say, shortened

_SEEDS = Range(0, 2**31 - 1)
_TITLE = 76  # columns of a statement in the menu


class CheckLab(Lab[CheckSession, claim_view.ClaimView]):
    """Chooses a claim, checks it, and draws prediction beside measurement.

    Args:
        id: of the claim to show first, a key of ``reglab.theory.CLAIMS``.
        seed: of every random number.
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, or the one
            that the browser prefers, or English.

    Attributes:
        check: the last result, a :class:`reglab.theory.Check`, or None.

    Raises:
        ValueError: no claim of that name, or a seed that is none.
    """

    def __init__(self, id: str | None = None, *, seed: int = 0, language: str | None = None):
        keep_compiled()
        claims = listed("claim", self.room.claims, theory.CLAIMS)
        id = check_name("claim", id or next(iter(claims)), tuple(claims))
        seed = int(check_number("seed", seed, _SEEDS, integer=True))
        view = claim_view.ClaimView(language=language)  # raises before a thread is there
        view.show(claim_view.empty())
        self.check: theory.Check | None = None
        self._due: Future[theory.Check | str] | None = None
        options = [(_title(claim), claim.id) for claim in claims.values()]
        self.menu = widgets.Dropdown(options=options, value=id, description=say("claim"))
        self.seed = widgets.BoundedIntText(
            value=seed, min=0, max=int(_SEEDS.high), description=say("seed")
        )
        self.button = button(say("Check"), "play", say("Measures it."), self.run)
        self.button.add_class("reglab-primary")
        tooltip = say("Checks it with other random numbers.")
        self.another = button(say("Another seed"), "random", tooltip, self._other_seed)
        self.words = widgets.HTMLMath()
        self.words.add_class("reglab-claim-words")
        bar = box([self.menu, self.seed, self.button, self.another], "reglab-toolbar")
        super().__init__(CheckSession(), view, [bar, self.words])
        self.menu.observe(lambda _: self._chosen(), "value")
        self._chosen()

    def run(self) -> None:
        """Checks the chosen claim; returns at once, the result is shown when it is there."""
        if self.session.is_closed or (self._due is not None and not self._due.done()):
            return
        self._set_busy(True)
        self.view.show(claim_view.busy(self._id))
        work = partial(_checked, self._id, self.seed.value)
        self._due = self._later(work, self._show, self._say)

    def wait(self, timeout: float | None = None) -> theory.Check | None:
        """Waits for the check that is under way, and returns it; for scripts and tests."""
        if self._due is not None:
            self._show(self._due.result(timeout))
        return self.check

    @property
    def _id(self) -> str:
        return str(self.menu.value)

    def _chosen(self) -> None:
        self.check = None
        tell(self.words, value=_words(theory.CLAIMS[self._id]))
        if not self.button.disabled:
            self.view.show(claim_view.empty())

    def _other_seed(self) -> None:
        self.seed.value = (self.seed.value + 1) % int(_SEEDS.high)
        self.run()

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.menu, self.seed, self.button, self.another):
            widget.disabled = busy

    def _show(self, outcome: theory.Check | str) -> None:
        if self.session.is_closed:
            return
        if isinstance(outcome, str):
            self.view.show(claim_view.failed(outcome))
        elif outcome is not self.check:
            self.view.show(claim_view.result(outcome))
            self.check = outcome  # last: whoever waits on another thread reads the content then
        self._set_busy(False)


def _checked(id: str, seed: int) -> theory.Check | str:
    """The check, or in words why there is none."""
    try:
        return theory.check(id, seed)
    except Exception as error:  # a worker has no one else to tell
        return say("{id} could not be checked: {error}", id=id, error=reason(error))


def _title(claim: theory.Claim) -> Written:
    """What the menu calls a claim, in one line."""
    return Written(_shortened, claim.id, claim.statement)


def _shortened(id: str, statement: str) -> str:
    return shortened(f"{id}  {statement}", _TITLE)


def _words(claim: theory.Claim) -> Written:
    """Statement, formula, limits and references of a claim."""
    fails = say("It fails when {condition}", condition=claim.fails_when)
    sources = [reference.text for reference in claim.source]
    return Written(_page, claim.statement, claim.formula, fails, *sources)


def _page(statement: str, formula: str, fails: str, *sources: str) -> str:
    parts = [f"<h3>{html.escape(statement)}</h3>"]
    if formula:
        parts.append(f"<p>$${html.escape(formula)}$$</p>")
    parts.append(f"<p>{html.escape(fails)}</p>")
    parts += [f"<small>{html.escape(source)}</small>" for source in sources]
    return "".join(parts)
