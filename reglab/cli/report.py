"""What ``reglab run`` writes: the verdict in words, histories, weights, figures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jax
import numpy as np

import reglab
from reglab.cli.words import METHODS, VERDICTS
from reglab.distributions import ErrorEstimate, FinitePopulation, is_squared
from reglab.live import Frame
from reglab.live.board.finished import divergence_sentence, finished_frame
from reglab.live.board.table import history_csv
from reglab.mitchell import Finding, Pool, badge, find_witness, pool_of, scope
from reglab.mitchell.words import (
    ErrorInterval,
    exact,
    grouped,
    interval_at,
    interval_of,
    percent,
    points,
)
from reglab.nn.weights import save_weights
from reglab.training import Run
from reglab.views import VerdictView
from reglab.words import SOURCE, Message, commas, counted, say, translated


@dataclass(frozen=True)
class Report:
    """All there is to say about the last hypothesis of the first run.

    Attributes:
        runs: all of them.
        judged: those whose hypotheses may be held against h; its own run is the first.
        pool: their hypotheses.
        finding: the verdict on h.
        bayes: the Bayes error, or None where it is not known.
        language: of what is written for people.
    """

    runs: tuple[Run, ...]
    judged: tuple[Run, ...]
    pool: Pool
    finding: Finding
    bayes: ErrorEstimate | None
    language: str = SOURCE

    @property
    def divergence(self) -> str:
        """Says which runs diverged, at which step; empty where none did."""
        return divergence_sentence(*self.runs)

    @property
    def summary(self) -> str:
        """The verdict in a sentence."""
        sentence = self.finding.sentence
        if not self.divergence:
            return sentence
        return say("{one} {other}", one=sentence, other=self.divergence)

    def write(self, folder: Path) -> list[str]:
        """Writes everything but the figures; returns the names of the files."""
        experiments = [json.loads(run.experiment.to_json()) for run in self.runs]
        content = experiments if len(experiments) > 1 else experiments[0]
        texts = {
            "verdict.txt": self.text(),
            "history.csv": history_csv(self.runs),
            "experiment.json": json.dumps(content, indent=1) + "\n",
        }
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())
        kept = {"h": self.finding.hypothesis, "witness": self.finding.witness}
        for name, address in kept.items():
            if address is not None:
                self._save(folder / f"{name}.safetensors", *address)
        return [*texts, *(f"{name}.safetensors" for name, at in kept.items() if at is not None)]

    def draw(self, folder: Path) -> list[str]:
        """Draws the figures; returns the name of their folder."""
        from reglab import figures
        from reglab.figures.script import script_of

        frame, language = self._frame(), script_of(self.language).language
        plane = figures.plane_view(frame)
        displays = {
            "lab": figures.LabDisplay.from_frame(frame, language=language),
            "plane": figures.PlaneDisplay(plane, language=language),
            "curves": figures.CurvesDisplay(plane, language=language),
            "decision_h": figures.picture_display(frame.picture, language=language),
        }
        if self.finding.witness is not None:
            picture = self._frame("witness").picture
            displays["decision_witness"] = figures.picture_display(picture, language=language)
        (folder / "figures").mkdir()
        for name, display in displays.items():
            if display is not None:
                (folder / "figures" / f"{name}.png").write_bytes(figures.rendered(display))
        page = figures.rendered(displays["lab"], "svg")
        (folder / "figures" / "lab.svg").write_bytes(page)
        return ["figures/"]

    def text(self) -> str:
        """The verdict, and what it rests on."""
        lines = [self._headline(), "", self.finding.sentence, "", *self._facts()]
        if self.divergence:
            lines += ["", self.divergence]
        return "\n".join(translated([*lines, *self._left_out()], self.language)) + "\n"

    def _headline(self) -> Message:
        finding, among = self.finding, scope(len(self.pool.true_error))
        verdict = VERDICTS[finding.verdict.name]
        if finding.witness is None:
            return say("{verdict}, {scope}", verdict=verdict, scope=among)
        severity = points(finding.severity)
        return say(
            "{verdict} by {points} points, {scope}", verdict=verdict, points=severity, scope=among
        )

    def _facts(self) -> Iterator[str]:
        yield self._about("h", self.finding.hypothesis)
        if self.finding.witness is not None:
            yield self._about("h′", self.finding.witness)
        if self.bayes is not None:
            yield say(
                "Bayes error: {error}, by {method}",
                error=percent(interval_of(self.bayes)),
                method=METHODS[self.bayes.method],
            )
        rows = [
            say("{run} ({rows})", run=run.name, rows=grouped(len(run.history.step)))
            for run in self.judged
        ]
        yield counted(
            len(self.pool.true_error),
            "pool: {count} hypothesis; runs and their rows: {rows}",
            "pool: {count} hypotheses; runs and their rows: {rows}",
            count=grouped(len(self.pool.true_error)),
            rows=commas(rows),
        )
        yield self._precision()
        yield f"reglab {reglab.__version__}"

    def _left_out(self) -> Iterator[Message]:
        left_out = [run for run in self.runs if run not in self.judged]
        moved = [run.name for run in left_out if len(run.history.step)]
        empty = [run.name for run in left_out if not len(run.history.step)]
        if moved:
            yield say(
                "Not in the pool, as S or D moved after they diverged: {runs}", runs=commas(moved)
            )
        if empty:
            yield say("Not in the pool, as they have no row: {runs}", runs=commas(empty))

    def _about(self, name: str, address: tuple[int, int]) -> Message:
        run, row = self.judged[address[0]], address[1]
        said = say(
            "{name}: run “{run}”, step {step}: {train_error} on the training examples, "
            "{true_error} over {over}",
            name=name,
            run=run.name,
            step=grouped(int(run.history.step[row])),
            train_error=percent(exact(float(run.history.train_error[row]))),
            true_error=percent(interval_at(run.history, row)),
            over=self.pool.over,
        )
        if not isinstance(run.distribution, FinitePopulation):
            return said
        return say(
            "{errors}, {error} over its members that are no training examples",
            errors=said,
            error=percent(exact(_unseen_error(run, row))),
        )

    def _precision(self) -> Message:
        true, low, high = (
            np.asarray(column) for column in (self.pool.true_error, self.pool.low, self.pool.high)
        )
        half = float(np.maximum(high - true, true - low).max())
        method = self.runs[0].distribution.method
        if not half and is_squared(self.runs[0].distribution):
            method = "closed-form"  # of affine hypotheses
        if not half:
            return say(
                "precision: errors over {over} are exact, by {method}",
                over=self.pool.over,
                method=METHODS[method],
            )
        widest = percent(ErrorInterval(0.0, 0.0, half)).partition("± ")[2].removesuffix(" %")
        return say(
            "precision: errors over {over} are known to ± {points} points or better, by {method}",
            over=self.pool.over,
            points=widest,
            method=METHODS[method],
        )

    def _save(self, path: Path, run: int, row: int) -> None:
        judged = self.judged[run]
        save_weights(
            path,
            judged.hypotheses[row],
            experiment=judged.experiment.to_json(),
            step=str(int(judged.history.step[row])),
            reglab=reglab.__version__,
        )

    def _frame(self, what: str = "h") -> Frame:
        """The frame of the runs judged, with the verdict of this report."""
        finding, count = self.finding, len(self.pool.true_error)
        verdict = VerdictView(
            code=finding.verdict.name,
            word=badge(finding.verdict, count),
            scope=scope(count),
            sentence=finding.sentence,
            severity=finding.severity,
        )
        return finished_frame(*self.judged, what=what)._replace(verdict=verdict)


def report_of(runs: Sequence[Run], language: str = SOURCE) -> Report:
    """Judges the last hypothesis of the first run against all hypotheses of all runs.

    A run that diverged before S or D last moved is left out: its errors were taken over another.
    So is one that diverged before its first row.

    Args:
        runs: on the same S and D.
        language: of what the report writes for people.

    Raises:
        ValueError: the first run diverged before its first row.
    """
    if not len(runs[0].history.step):
        raise ValueError(
            say("run 1: expected a row to judge, got none; {why}", why=divergence_sentence(runs[0]))
        )
    bayes = runs[0].distribution.bayes_error()
    judged = [runs[0], *(run for run in runs[1:] if _may_be_held_against(runs[0], run))]
    known = None if bayes is None else float(bayes.value)
    pool, _ = pool_of(judged, bayes=known)
    finding = find_witness(*judged, bayes=known)
    return Report(tuple(runs), tuple(judged), pool, finding, bayes, language)


def _unseen_error(run: Run, row: int) -> float:
    """The error on the members of a finite population that are not in S."""
    distribution, experiment = cast(FinitePopulation, run.distribution), run.experiment
    num_train = experiment.hyper_at(int(run.history.step[row])).num_train
    key, predict = jax.random.key(experiment.draw), cast(Any, run.hypotheses[row])
    return distribution.unseen_error(predict, key, num_train).value


def _may_be_held_against(run: Run, other: Run) -> bool:
    if not len(other.history.step):
        return False
    try:
        pool_of([run, other])
    except ValueError:
        return False
    return True
