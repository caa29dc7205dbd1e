"""``SweepLab``: a population of runs, trained and counted in front of you."""

import functools
import itertools
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

import ipywidgets as widgets

from reglab.config import Experiment
from reglab.live import PopulationFrame, PopulationSession, trained, varying
from reglab.live.pictures.brushed import LastPicture
from reglab.live.population.frame import MOVING
from reglab.panels.kit.layout import box, button, select
from reglab.panels.kit.mailbox import Mailbox
from reglab.panels.kit.thumbnails import thumbnails
from reglab.panels.population.controls import JUDGED, PopulationControls
from reglab.panels.population.export import EXPORTS, check_export, export
from reglab.panels.population.view import PopulationView
from reglab.panels.rooms.base import Lab
from reglab.sweeps import watched
from reglab.training import keep_compiled
from reglab.words import chosen_language, say

LOOKED_AT = 1000  # members of a grid that are looked at to find what varies


class SweepLab(Lab[PopulationSession, PopulationView]):
    """Trains a population of runs, or watches a sweep, and counts how often h overfits.

    Args:
        grid: experiments to train, such as a ``Grid``; left out, the controls make one.
        store: the folder of a sweep, to watch instead; it is only read. With a grid, that tells
            what varies before the first result is there.
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, or the one
            that the browser prefers, or English.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    def __init__(
        self,
        grid: Sequence[Experiment] | None = None,
        *,
        store: str | PathLike | None = None,
        language: str | None = None,
    ):
        chosen_language(language)  # raises before a thread is there
        keep_compiled()
        if grid is not None and not len(grid):
            raise ValueError(say("grid: expected at least one experiment, got none"))
        if grid is not None and store is None:
            trained(grid)  # raises where it cannot be trained here
        self.grid, self._store = grid, store
        self._shown = grid  # what the runs on screen are of
        self._has_brushed = False
        self.controls = PopulationControls(self._judge)
        session = PopulationSession(
            lambda _: iter(()),
            by=self.controls.by if grid is None else _by(grid),
            scope=self.controls.chosen_scope,
            at_least=float(self.controls.at_least.value or 0.0),
            picture=LastPicture(),
            pictures=self.room.pictures,
        )
        session.wait()
        frame = session.frame
        assert frame is not None, "a session that rests has published a frame"
        view = PopulationView(cards=self.room.cards, language=language, thumbnails=thumbnails())
        view.show(frame)
        is_given = grid is not None or store is not None
        groups = [one for one in self.room.controls if not is_given or set(one.controls) <= JUDGED]
        super().__init__(session, view, [self._bar()], self.controls.by_name, groups)
        self.view.on_action(self._act)
        self.session.subscribe(Mailbox(self._show).put)
        if store is None:
            self._ask(self.room.question)
        else:
            self.run()

    def run(self) -> None:
        """Trains the population that is asked for, or watches the store, from the start."""
        self._attempt(self._start)

    def cancel(self) -> None:
        """Stops after the runs in hand; what is finished stays."""
        self.session.cancel()

    def _bar(self) -> widgets.Box:
        verb = say("Run") if self._store is None else say("Watch")
        self.button = button(verb, "play", say("Trains all runs."), self.run)
        self.button.add_class("reglab-primary")
        tooltip = say("Stops; what is finished stays.")
        self.stop = button(say("Cancel"), "stop", tooltip, self.cancel)
        self.stop.disabled = True
        self.kind = select(say("save"), list(EXPORTS), say("What to save."))
        save = functools.partial(self._attempt, self._export)
        self.save = button(say("Save"), "download", say("Saves it."), save)
        groups = [self.button, self.stop], [self.kind, self.save]
        return box([widgets.Box(group) for group in groups], "reglab-toolbar")

    def _show(self, frame: PopulationFrame) -> None:
        if self.session.is_closed:
            return
        self.view.show(frame)
        is_moving = frame.status.state in MOVING
        self.button.disabled, self.stop.disabled = is_moving, not is_moving
        if frame.status.state == "finished" and not self._has_brushed and len(frame.plane.run):
            self._has_brushed = True  # an empty picture would teach nothing
            self.session.brush(_first(frame))

    # -- what a person did -------------------------------------------------------------------------

    def _acts(self) -> dict[str, Callable[..., object]]:
        return {
            "choose": self.session.choose,
            "near": self.session.brush_near,
            "pick": self._brush,
            "forget": self._brush,
        }

    def _brush(self, run: int | None = None) -> None:
        self._has_brushed = True
        self.session.brush(run)

    def _start(self) -> None:
        self._question = ""  # what was to be predicted is about to be seen
        if self._store is not None:
            total = 0 if self.grid is None else len(self.grid)
            source = watched(self._store, total=total)
            self.session.play(source, by="" if self.grid is None else _by(self.grid))
        elif self.grid is not None:
            self.session.play(trained(self.grid), by=_by(self.grid))
        else:
            grid = self.controls.grid()
            self.session.play(trained(grid), by=self.controls.by)
            self._shown = grid
        self._has_brushed = False
        self.button.disabled, self.stop.disabled = True, False

    def _judge(self, **values: Any) -> None:
        self._attempt(self.session.judge, **values)

    def _export(self) -> None:
        kind, view = str(self.kind.value), self.view
        check_export(self.session, kind)
        options = {"name": self.room.name, "language": view.speech.language}
        work = functools.partial(export, self.session, kind, self._shown, **options)
        self._later(work, lambda saved: view.download(*saved), self._say)


def _by(grid: Sequence[Experiment]) -> str:
    """What varies over a grid, judged by members from all over it."""
    every = max(1, len(grid) // LOOKED_AT)
    return varying([grid[i] for i in itertools.islice(range(0, len(grid), every), LOOKED_AT)])


def _first(frame: PopulationFrame) -> int:
    """The run to look at where nobody chose: one of the chosen value, of middling true error."""
    plane = frame.plane
    own = [i for i in range(len(plane.run)) if plane.group[i] == frame.chosen]
    own = sorted(own or range(len(plane.run)), key=lambda i: float(plane.true_error[i]))
    return int(plane.run[own[len(own) // 2]])
