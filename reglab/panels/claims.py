"""``ClaimsLab``: the theory, predicted and measured in front of you."""

import html
from concurrent.futures import Future, ThreadPoolExecutor

import ipywidgets as widgets

from reglab import theory
from reglab.config import Range, check_name, check_number
from reglab.panels import cells, claim_view
from reglab.panels.mailbox import Mailbox
from reglab.panels.notes import Written
from reglab.panels.speech import tell
from reglab.panels.view import with_fallback
from reglab.training import keep_compiled
from reglab.words import reason, say, shortened, translated

FALLBACK = say(
    "reglab ClaimsLab: the claims of the theory, to check. It needs a running kernel and "
    "JupyterLab: open this notebook there and run this cell again."
)
_SEEDS = Range(0, 2**31 - 1)
_TITLE = 76  # columns of a statement in the menu


class ClaimsLab(widgets.Box):
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

    _is_closed = True  # until all widgets are there

    def __init__(self, id: str | None = None, *, seed: int = 0, language: str | None = None):
        keep_compiled()
        ids = tuple(theory.CLAIMS)
        id = ids[0] if id is None else check_name("claim", id, ids)
        seed = int(check_number("seed", seed, _SEEDS, integer=True))
        self.view = claim_view.ClaimView(language=language)  # raises before a thread is there
        self.view.show(claim_view.empty())
        self.check: theory.Check | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="reglab-claims")
        self._due: Future | None = None
        self._results = Mailbox(self._show)
        options = [(_title(claim), claim.id) for claim in theory.CLAIMS.values()]
        self.menu = widgets.Dropdown(options=options, value=id, description=say("claim"))
        self.seed = widgets.BoundedIntText(
            value=seed, min=0, max=int(_SEEDS.high), description=say("seed")
        )
        self.button = widgets.Button(
            description=say("Check"), icon="play", tooltip=say("Measures it.")
        )
        self.button.add_class("reglab-primary")
        self.another = widgets.Button(
            description=say("Another seed"),
            icon="random",
            tooltip=say("Checks it with other random numbers."),
        )
        self.words = widgets.HTMLMath()
        self.words.add_class("reglab-claim-words")
        self.menu_bar = widgets.Box([self.menu, self.seed, self.button, self.another])
        self.menu_bar.add_class("reglab-toolbar")
        super().__init__([self.menu_bar, self.words, self.view])
        self.add_class("reglab")
        self.add_class("reglab-claims")
        self.menu.observe(lambda _: self._chosen(), "value")
        self.button.on_click(lambda _: self.run())
        self.another.on_click(lambda _: self._other_seed())
        self._is_closed = False
        self._chosen()
        self.view.speech.lead(self)
        cells.claim(self)

    def run(self) -> None:
        """Checks the chosen claim; returns at once, the result is shown when it is there."""
        if self._is_closed or (self._due is not None and not self._due.done()):
            return
        self._set_busy(True)
        self.view.show(claim_view.busy(self._id))
        self._due = self._worker.submit(_checked, self._id, self.seed.value)
        self._due.add_done_callback(self._arrived)

    def wait(self, timeout: float | None = None) -> theory.Check | None:
        """Waits for the check that is under way, and returns it; for scripts and tests."""
        if self._due is not None:
            outcome = self._due.result(timeout)
            self._show(outcome)
        return self.check

    def close(self) -> None:
        """Gives up what is under way and frees every widget of the panel."""
        if not self._is_closed:
            self._is_closed = True
            self._worker.shutdown(wait=False, cancel_futures=True)
            for widget in (*self.menu_bar.children, *self.children):
                widget.close()
        super().close()

    # IPython takes a pair too, which ipywidgets leaves out.
    def _repr_mimebundle_(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, **kwargs: object
    ) -> tuple[dict, dict]:
        text = translated(FALLBACK, self.view.speech.language)
        return with_fallback(super()._repr_mimebundle_(**kwargs), text)

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

    def _arrived(self, due: Future) -> None:
        if not due.cancelled():
            self._results.put(due.result())

    def _show(self, outcome: theory.Check | str) -> None:
        if self._is_closed:
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
