"""Composes the frames of a population: what is chosen, what is brushed, and the words."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from flax import nnx

from reglab.live.pictures import POPULATION, Studio
from reglab.live.population.frame import MOVING, PopulationFrame, SweepStatus, headline
from reglab.live.population.tally import Tally, setting_words, varying
from reglab.training import Run, RunLike
from reglab.training.trajectory import NoHypothesis
from reglab.views import BrushedView, RunsView
from reglab.words import say

MOST_KEPT = 2000  # runs whose last weights stay in memory; of others they are trained again


class Composer:
    """The runs so far, and how they are looked at.

    Args:
        tally: counts the runs.
        picture: draws what the last hypothesis of a run decides, or returns None.
        pictures: names of those of all runs that are shown.

    Attributes:
        tally: of the runs so far.
    """

    def __init__(
        self,
        tally: Tally,
        picture: Callable[[Any], Any] | None,
        pictures: Sequence[str] = POPULATION,
    ):
        self.tally, self._picture = tally, picture
        self._studio = Studio(pictures, of="population")
        self._number, self._chosen, self._value = 0, 0, None
        self._brushed: BrushedView | None = None
        self._finds_from = 0  # runs from which to find out what varies; 0 where that is known

    def clear(self, by: str | None = None) -> None:
        """Forgets all runs; counts by another field from now on, empty for what is found out."""
        old = self.tally
        self.tally = Tally(by or old.by, scope=old.scope, at_least=old.at_least)
        self._brushed, self._value = None, None
        self._finds_from = 1 if by == "" else 0

    def add(self, runs: Sequence[RunLike]) -> None:
        """Adds runs."""
        room = MOST_KEPT - len(self.tally.runs)
        self.tally.add([run if i < room else light(run) for i, run in enumerate(runs)])
        if 0 < self._finds_from <= len(self.tally.runs):
            self._finds_from = 2 * len(self.tally.runs)
            by = varying([run.experiment for run in self.tally.runs])
            if by != self.tally.by:
                self.tally = self.tally.look(by=by)

    def judge(self, scope: str | None = None, at_least: float | None = None) -> None:
        """Judges anew in another scope, or from another severity on."""
        if at_least is not None:
            self.tally.at_least = at_least
        if scope is not None and scope != self.tally.scope:
            self.tally = self.tally.look(scope=scope)
            if self._brushed is not None:
                self.brush(self._brushed.run)

    def choose(self, value: int) -> None:
        """Makes one value of what varies, by its index, the one that is told about."""
        values = self.tally.values.tolist()
        self._value = values[value] if value < len(values) else None

    def brush(self, run: int | tuple[float, float] | None) -> None:
        """Looks at one run, at the one nearest to a place in the witness plane, or at none."""
        self._brush(self.tally.nearest(*run) if isinstance(run, tuple) else run)

    def frame(self, status: SweepStatus) -> PopulationFrame:
        """The frame of this moment."""
        self._number += 1
        tally = self.tally
        frequency, values = tally.frequency(), tally.values.tolist()
        chosen = values.index(self._value) if self._value in values else 0
        words = tuple(setting_words(tally.by, value) for value in values)
        draws = tally.num_draws > 1
        bands, plane = tally.bands(is_final=status.state != "running"), tally.plane()
        runs = RunsView(frequency, bands, plane, words, chosen, self._brushed)
        return PopulationFrame(
            number=self._number,
            status=status,
            headline=headline(
                frequency, chosen, words[chosen] if words else "", draws=draws, scope=tally.scope
            ),
            settings=words,
            chosen=chosen,
            by=tally.by,
            scope=tally.scope,
            bands=bands,
            frequency=frequency,
            plane=plane,
            brushed=self._brushed,
            pictures=self._studio(runs, is_busy=status.state in MOVING),
        )

    def _brush(self, index: int | None) -> None:
        if index is None or not 0 <= index < len(self.tally.runs):
            self._brushed = None
            return
        run = self.tally.runs[index]
        code, sentence = self.tally.sentence(index)
        self._value = self.tally.value(index)  # its curve stands beside the band of its like
        history = run.history
        experiment = run.experiment
        self._brushed = BrushedView(
            run=index,
            name=say(
                "{run}, draw {draw}, seed {seed}",
                run=run.name,
                draw=experiment.draw,
                seed=experiment.seed,
            ),
            step=history.step,
            train_error=history.train_error,
            true_error=history.true_error,
            code=code,
            sentence=sentence,
            experiment=experiment.to_json(),
            picture=self._picture(run) if self._picture is not None else None,
        )


def light(run: RunLike) -> RunLike:
    """A run without its weights, where it holds them itself."""
    if not isinstance(run, Run):
        return run
    kept = run.hypotheses
    nothing = NoHypothesis(kept.network, nnx.State({}), len(kept))
    return dataclasses.replace(run, hypotheses=nothing, trained=None)
