"""``MitchellLab``: the flagship panel. Overfitting by definition, live, with every remedy."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import ipywidgets as widgets

from reglab.config import Experiment, check_name
from reglab.distributions import adapted
from reglab.live import PRESETS, Frame, Outcome, Session, apply_remedy
from reglab.live.board.remedies import check_trained
from reglab.panels import cells
from reglab.panels.controls import Controls
from reglab.panels.export import check_export, export
from reglab.panels.live import CARDS, LiveView
from reglab.panels.mailbox import Mailbox
from reglab.panels.notes import written
from reglab.panels.panel import Panel
from reglab.panels.speech import tell
from reglab.panels.thumbnails import thumbnails
from reglab.panels.toolbar import Toolbar
from reglab.training import keep_compiled
from reglab.words import chosen_language, reason, say


class MitchellLab(Panel[Session]):
    """A live panel on one board of runs: make it the last line of a cell.

    Args:
        experiment: what to start from; the default preset where left out.
        preset: a name out of ``reglab.live.PRESETS`` instead of an experiment.
        distribution: an object of the user's instead of the named distribution.
        model: a factory ``(rngs) -> nnx.Module`` of the user's.
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, or the one
            that the browser prefers, or English.
        **session: passed on to ``reglab.Session``, such as ``steps_per_second``.

    Attributes:
        cards: pictures that the panel shows, their names in reading order; those in one card take
            turns. A subclass may list others.
        session: the engine; whatever the panel does can be done through it from a cell.
        view: the pictures.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    fallback = say(
        "reglab MitchellLab: a live panel. It needs a running kernel and JupyterLab: open this "
        "notebook there and run this cell again."
    )

    cards: ClassVar[Sequence[Sequence[str]]] = CARDS

    def __init__(
        self,
        experiment: Experiment | None = None,
        *,
        preset: str = "noisy-moons",
        distribution: object = None,
        model: Callable | None = None,
        language: str | None = None,
        **session: Any,
    ):
        chosen_language(language)  # raises before a thread is there
        keep_compiled()
        chosen = PRESETS[check_name("preset", preset, tuple(PRESETS))]
        objects = {"distribution": distribution, "model": model}
        session = {"pictures": [name for card in self.cards for name in card], **session}
        is_preset = experiment is None and distribution is None and model is None
        if experiment is None:
            start = on_own(chosen.experiment, distribution)
            self.session = Session(start, chosen.twins, **objects, **session)
        else:
            self.session = Session(experiment, **objects, **session)
        self.view = LiveView(cards=self.cards, language=language, thumbnails=thumbnails())
        self._controls = Controls(
            set=partial(self._leave, self.session.set),
            add_twin=partial(self._leave, self.session.add_twin),
            configure=self._configure,
            apply_remedy=self._apply_remedy,
            shift=self._shift,
            **objects,
        )
        actions = ("play", "pause", "step", "rewind", "new_sample", "undo")
        self._toolbar = Toolbar(
            {name: partial(self._try, getattr(self.session, name)) for name in actions},
            set_pace=partial(self._try, self.session.set_pace),
            choose=self._choose,
            export=self._export,
            presets={name: preset.title for name, preset in PRESETS.items()},
            preset=preset if distribution is None and model is None else None,
        )
        if not is_preset:
            self._toolbar.left()
        self._message = widgets.HTML()
        self._message.add_class("reglab-message")
        main = widgets.Box([self.view, self._controls.below])
        main.add_class("reglab-main")
        super().__init__([self._toolbar.widget, self._message, main, self._controls.widget])
        self.add_class("reglab")
        self.add_class("reglab-mitchell")
        self._frames = Mailbox(self._show)
        self._question = chosen.question if is_preset else ""
        self._say(self._question)
        self._show_controls()
        self._toolbar.show(self.session.state)
        self.view.on_action(self._act)
        self.session.subscribe(self._frames.put)
        cells.claim(self)

    def _show(self, frame: Frame) -> None:
        if self.session.state.state == "closed":
            return
        self.view.show(frame)
        self._toolbar.show(frame.status)
        self._show_controls()
        tell(self._controls.shift.said, value=written(frame.shift_sentence))

    def _show_controls(self) -> None:
        experiment, status = self.session.experiment, self.session.state
        numbers = experiment.hyper_at(status.step)
        self._controls.show(experiment, numbers, self.session.inactive)

    # -- what a person did -------------------------------------------------------------------------

    def _try(self, action: Callable, *args: object, **values: object) -> None:
        """Does it, or says in words why not; the question of the preset is then back."""
        try:
            action(*args, **values)
        except (ValueError, RuntimeError) as error:
            self._say(reason(error))
            self._show_controls()  # what was asked for is not in force
        else:
            self._say(self._question)

    def _leave(self, action: Callable, *args: object, **values: object) -> None:
        """Does what makes the experiment another than that of the preset."""
        self._toolbar.left()
        self._try(action, *args, **values)

    def _say(self, text: str) -> None:
        tell(self._message, value=written(text))

    def _act(self, action: Mapping[str, Any]) -> None:
        kind = action["kind"]
        if kind == "select":
            self._try(self.session.select, action["run"], action["row"])
        elif kind == "pick_run":
            self._try(self.session.select, action["run"])
        elif kind == "follow":
            self._try(self.session.select, self.session.current)
        elif kind == "certify":
            self._try(self.session.certify)
        elif kind == "map":
            self._try(self.session.show, action["what"])
        elif kind == "pool":
            self._try(self.session.include, action["run"], action["include"])

    def _choose(self, name: str) -> None:
        preset = PRESETS[name]
        self._question = preset.question
        self._try(self.session.configure, preset.experiment, preset.twins)

    def _configure(self, experiment: Experiment) -> None:
        self._question = ""  # it was asked about another experiment
        self._leave(self.session.configure, experiment)

    def _shift(self, kind: str | None, strength: float) -> None:
        try:
            self.session.shift(kind, strength)
        except (ValueError, RuntimeError) as error:
            tell(self._controls.shift.said, value=written(reason(error)))

    def _apply_remedy(self, name: str) -> None:
        said, runs = self._controls.remedy.said, self.session.runs
        current = min(self.session.current, len(runs) - 1)  # a worker may have changed the board

        def show(text: str) -> None:
            tell(said, value=written(text))

        def done(outcome: Outcome) -> None:
            show(outcome.sentence)
            if outcome.row is not None:
                self._try(self.session.select, current, outcome.row)

        show(say("Working on it…"))
        try:
            check_trained(runs, current)
            self._later(partial(apply_remedy, name, runs, current), done, show)
        except (ValueError, RuntimeError) as error:
            show(reason(error))

    def _export(self, kind: str) -> None:
        self._try(self._save, kind.lower())

    def _save(self, kind: str) -> None:
        check_export(self.session, kind)
        work = partial(export, self.session, kind, language=self.view.speech.language)
        self._later(work, lambda saved: self.view.download(*saved), self._say)


def on_own(experiment: Experiment, distribution: object) -> Experiment:
    """A preset on data of the user's: no label flipped, no more examples than there are.

    >>> on_own(Experiment(), None) == Experiment()
    True
    """
    if distribution is None:
        return experiment
    there_are = adapted(distribution).num_train
    most = experiment.max_train if there_are is None else min(experiment.max_train, there_are)
    num_train = min(experiment.hyper.num_train, most)
    return experiment.replace(max_train=most, num_train=num_train)
