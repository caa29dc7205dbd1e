"""``BoardLab``: a live panel on one board of runs, with every remedy."""

from collections.abc import Callable
from functools import partial
from typing import Any

from reglab.config import Experiment, check_name
from reglab.distributions import adapted
from reglab.live import PRESETS, Frame, Outcome, Session, apply_remedy
from reglab.live.board.remedies import check_trained
from reglab.panels.board.controls import Controls
from reglab.panels.board.export import check_export, export
from reglab.panels.board.view import LiveView
from reglab.panels.kit.mailbox import Mailbox
from reglab.panels.kit.notes import written
from reglab.panels.kit.speech import tell
from reglab.panels.kit.thumbnails import thumbnails
from reglab.panels.kit.toolbar import Toolbar
from reglab.panels.rooms.base import Lab, listed
from reglab.training import keep_compiled
from reglab.words import chosen_language, reason, say


class BoardLab(Lab[Session, LiveView]):
    """A live panel on one board of runs: make it the last line of a cell.

    Args:
        experiment: what to start from; the first preset of the room where left out.
        preset: a name out of ``reglab.live.PRESETS``, on the menu of the room, instead.
        distribution: an object of the user's instead of the named distribution.
        model: a factory ``(rngs) -> nnx.Module`` of the user's.
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, or the one
            that the browser prefers, or English.
        **session: passed on to ``reglab.Session``, such as ``steps_per_second``.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    def __init__(
        self,
        experiment: Experiment | None = None,
        *,
        preset: str | None = None,
        distribution: object = None,
        model: Callable | None = None,
        language: str | None = None,
        **session: Any,
    ):
        chosen_language(language)  # raises before a thread is there
        keep_compiled()
        presets = listed("preset", self.room.presets, PRESETS)
        preset = check_name("preset", preset or next(iter(presets)), tuple(presets))
        chosen = presets[preset]
        objects = {"distribution": distribution, "model": model}
        is_preset = experiment is None and distribution is None and model is None
        twins = chosen.twins if experiment is None else ()
        start = on_own(chosen.experiment, distribution) if experiment is None else experiment
        options = {"pictures": self.room.pictures, **session, **objects}
        engine = Session(start, twins, **options)
        self.controls = Controls(
            set=partial(self._leave, engine.set),
            add_twin=partial(self._leave, engine.add_twin),
            configure=self._configure,
            apply_remedy=self._apply_remedy,
            shift=self._shift,
            **objects,
        )
        actions = ("play", "pause", "step", "rewind", "new_sample", "undo")
        self._toolbar = Toolbar(
            {name: partial(self._attempt, getattr(engine, name)) for name in actions},
            set_pace=partial(self._attempt, engine.set_pace),
            choose=self._choose,
            export=self._export,
            presets={name: preset.title for name, preset in presets.items()},
            preset=preset if distribution is None and model is None else None,
        )
        if not is_preset:
            self._toolbar.left()
        view = LiveView(cards=self.room.cards, language=language, thumbnails=thumbnails())
        super().__init__(engine, view, [self._toolbar.widget], self.controls.by_name)
        self._frames = Mailbox(self._show)
        self._ask(self.room.question or chosen.question if is_preset else "")
        self._show_controls()
        self._toolbar.show(self.session.state)
        self.view.on_action(self._act)
        self.session.subscribe(self._frames.put)

    def _acts(self) -> dict[str, Callable[..., object]]:
        session = self.session
        return {
            "select": session.select,
            "pick_run": session.select,
            "follow": lambda: session.select(session.current),
            "certify": session.certify,
            "map": session.show,
            "pool": lambda run, include: session.include(run, include),
        }

    def _show(self, frame: Frame) -> None:
        if self.session.is_closed:
            return
        self.view.show(frame)
        self._toolbar.show(frame.status)
        if self._in_force() != self._shown:  # it seldom is: a frame needs but its pictures
            self._show_controls()
        tell(self.controls.shift.said, value=written(frame.shift_sentence))

    def _in_force(self) -> tuple[Any, ...]:
        """What the controls show."""
        experiment, status = self.session.experiment, self.session.state
        return experiment, experiment.hyper_at(status.step), self.session.inactive

    def _show_controls(self) -> None:
        self._shown = self._in_force()
        self.controls.show(*self._shown)

    def _attempt(self, action: Callable[..., object], *args: object, **values: object) -> None:
        super()._attempt(action, *args, **values)
        self._shown = None  # a control that was moved shows what is in force with the next frame

    # -- what a person did -------------------------------------------------------------------------

    def _refused(self) -> None:
        self._show_controls()  # what was asked for is not in force

    def _leave(self, action: Callable, *args: object, **values: object) -> None:
        """Does what makes the experiment another than that of the preset."""
        self._toolbar.left()
        self._attempt(action, *args, **values)

    def _choose(self, name: str) -> None:
        preset = PRESETS[name]
        self._question = self.room.question or preset.question
        self._attempt(self.session.configure, preset.experiment, preset.twins)

    def _configure(self, experiment: Experiment) -> None:
        self._question = ""  # it was asked about another experiment
        self._leave(self.session.configure, experiment)

    def _shift(self, kind: str | None, strength: float) -> None:
        try:
            self.session.shift(kind, strength)
        except (ValueError, RuntimeError) as error:
            tell(self.controls.shift.said, value=written(reason(error)))

    def _apply_remedy(self, name: str) -> None:
        said, runs = self.controls.remedy.said, self.session.runs
        current = min(self.session.current, len(runs) - 1)  # a worker may have changed the board

        def show(text: str) -> None:
            tell(said, value=written(text))

        def done(outcome: Outcome) -> None:
            show(outcome.sentence)
            if outcome.row is not None:
                self._attempt(self.session.select, current, outcome.row)

        show(say("Working on it…"))
        try:
            check_trained(runs, current)
            self._later(partial(apply_remedy, name, runs, current), done, show)
        except (ValueError, RuntimeError) as error:
            show(reason(error))

    def _export(self, kind: str) -> None:
        self._attempt(self._save, kind.lower())

    def _save(self, kind: str) -> None:
        check_export(self.session, kind)
        name, language = self.room.name, self.view.speech.language
        work = partial(export, self.session, kind, name=name, language=language)
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
