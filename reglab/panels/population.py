"""``PopulationLab``: a population of runs, trained and counted in front of you."""

import functools
import itertools
from collections.abc import Sequence
from os import PathLike
from typing import Any

import ipywidgets as widgets

from reglab.config import Experiment
from reglab.live import PopulationFrame, PopulationSession, trained, varying
from reglab.live.pictures.brushed import LastPicture
from reglab.live.population.frame import MOVING
from reglab.panels import cells
from reglab.panels.mailbox import Mailbox
from reglab.panels.notes import written
from reglab.panels.panel import Panel
from reglab.panels.population_controls import PopulationControls
from reglab.panels.population_export import EXPORTS, check_export, export
from reglab.panels.population_view import PopulationView
from reglab.panels.speech import tell
from reglab.panels.thumbnails import thumbnails
from reglab.sweeps import watched
from reglab.training import keep_compiled
from reglab.words import chosen_language, reason, say

QUESTION = say("Predict first: at which value will h overfit in fewer than half of the draws?")
LOOKED_AT = 1000  # members of a grid that are looked at to find what varies


class PopulationLab(Panel[PopulationSession]):
    """Trains a population of runs, or watches a sweep, and counts how often h overfits.

    Args:
        grid: experiments to train, such as a ``Grid``; left out, the controls make one.
        store: the folder of a sweep, to watch instead; it is only read. With a grid, that tells
            what varies before the first result is there.
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, or the one
            that the browser prefers, or English.

    Attributes:
        session: the engine; whatever the panel does can be done through it from a cell.
        view: the pictures.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    fallback = say(
        "reglab PopulationLab: a live panel. It needs a running kernel and JupyterLab: open this "
        "notebook there and run this cell again."
    )

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
        self.controls = PopulationControls(self._judge, is_fixed=not self._is_own)
        by = self.controls.by if grid is None else _by(grid)
        self.session = PopulationSession(
            lambda _: iter(()),
            by=by,
            scope=self.controls.chosen_scope,
            at_least=float(self.controls.at_least.value or 0.0),
            picture=LastPicture(),
        )
        self.session.wait()
        frame = self.session.frame
        assert frame is not None, "a session that rests has published a frame"
        self.view = PopulationView(language=language, thumbnails=thumbnails())
        self.view.show(frame)
        self.message = widgets.HTML(written(QUESTION) if store is None else "")
        self.message.add_class("reglab-message")
        super().__init__([self._bar(), self.message, self.view, self.controls.widget])
        self.add_class("reglab")
        self.add_class("reglab-population")
        self._has_brushed = False
        self.view.on_action(self._act)
        self.session.subscribe(Mailbox(self._show).put)
        if store is not None:
            self.run()
        cells.claim(self)

    def run(self) -> None:
        """Trains the population that is asked for, or watches the store, from the start."""
        self._try(self._start)

    def cancel(self) -> None:
        """Stops after the runs in hand; what is finished stays."""
        self.session.cancel()

    @property
    def _is_own(self) -> bool:
        return self.grid is None and self._store is None

    def _bar(self) -> widgets.Box:
        verb = say("Run") if self._store is None else say("Watch")
        self.button = widgets.Button(description=verb, icon="play", tooltip=say("Trains all runs."))
        self.button.add_class("reglab-primary")
        self.stop = widgets.Button(
            description=say("Cancel"),
            icon="stop",
            tooltip=say("Stops; what is finished stays."),
            disabled=True,
        )
        self.kind = widgets.Dropdown(
            options=list(EXPORTS), description=say("save"), tooltip=say("What to save.")
        )
        self.kind.add_class("reglab-select")
        self.save = widgets.Button(
            description=say("Save"), icon="download", tooltip=say("Saves it.")
        )
        self.button.on_click(lambda _: self.run())
        self.stop.on_click(lambda _: self.cancel())
        self.save.on_click(lambda _: self._try(self._export))
        groups = [self.button, self.stop], [self.kind, self.save]
        bar = widgets.Box([widgets.Box(group) for group in groups])
        bar.add_class("reglab-toolbar")
        return bar

    def _show(self, frame: PopulationFrame) -> None:
        if self.session.state.state == "closed":
            return
        self.view.show(frame)
        is_moving = frame.status.state in MOVING
        self.button.disabled, self.stop.disabled = is_moving, not is_moving
        if frame.status.state == "finished" and not self._has_brushed and len(frame.plane.run):
            self._has_brushed = True  # an empty picture would teach nothing
            self.session.brush(_first(frame))

    # -- what a person did -------------------------------------------------------------------------

    def _start(self) -> None:
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
        self._try(lambda: self.session.judge(**values))

    def _act(self, action: dict[str, Any]) -> None:
        kind = action["kind"]
        if kind == "choose":
            self._try(lambda: self.session.choose(action["value"]))
        elif kind == "near":
            self._try(lambda: self.session.brush_near(action["train_error"], action["true_error"]))
        else:
            self._has_brushed = True
            self._try(lambda: self.session.brush(action.get("run")))

    def _export(self) -> None:
        kind, view = str(self.kind.value), self.view
        check_export(self.session, kind)
        language = view.speech.language
        work = functools.partial(export, self.session, kind, self._shown, language=language)
        self._later(work, lambda saved: view.download(*saved), self._say)

    def _say(self, text: str) -> None:
        tell(self.message, value=written(text))

    def _try(self, action: Any) -> None:
        """Does it, or says in words why not."""
        try:
            action()
        except (ValueError, RuntimeError, OSError) as error:
            self._say(reason(error))
        else:
            self._say("")


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
