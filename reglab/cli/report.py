"""What ``reglab run`` writes: the verdict in words, histories, weights, figures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jax
import numpy as np

import reglab
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


@dataclass(frozen=True)
class Report:
    """All there is to say about the last hypothesis of the first run.

    Attributes:
        runs: all of them.
        judged: those whose hypotheses may be held against h; its own run is the first.
        pool: their hypotheses.
        finding: the verdict on h.
        bayes: the Bayes error, or None where it is not known.
    """

    runs: tuple[Run, ...]
    judged: tuple[Run, ...]
    pool: Pool
    finding: Finding
    bayes: ErrorEstimate | None

    @property
    def divergence(self) -> str:
        """Says which runs diverged, at which step; empty where none did."""
        return divergence_sentence(*self.runs)

    @property
    def summary(self) -> str:
        """The verdict in a sentence."""
        return " ".join(filter(None, [self.finding.sentence, self.divergence]))

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

        frame = self._frame()
        plane = figures.plane_view(frame)
        displays = {
            "lab": figures.LabDisplay.from_frame(frame),
            "plane": figures.PlaneDisplay(plane),
            "curves": figures.CurvesDisplay(plane),
            "decision_h": figures.picture_display(frame.picture),
        }
        if self.finding.witness is not None:
            picture = self._frame("witness").picture
            displays["decision_witness"] = figures.picture_display(picture)
        (folder / "figures").mkdir()
        for name, display in displays.items():
            if display is not None:
                (folder / "figures" / f"{name}.png").write_bytes(figures.rendered(display))
        page = figures.rendered(displays["lab"], "svg")
        (folder / "figures" / "lab.svg").write_bytes(page)
        return ["figures/"]

    def text(self) -> str:
        """The verdict, and what it rests on."""
        finding, count = self.finding, len(self.pool.true_error)
        by = f" by {points(finding.severity)} points" if finding.witness is not None else ""
        lines = [f"{finding.verdict.name.replace('_', ' ')}{by}, {scope(count)}", ""]
        lines += [finding.sentence, "", self._about("h", finding.hypothesis)]
        if finding.witness is not None:
            lines.append(self._about("h′", finding.witness))
        if self.bayes is not None:
            lines.append(f"Bayes error: {percent(interval_of(self.bayes))}, by {self.bayes.method}")
        rows = ", ".join(f"{run.name} ({grouped(len(run.history.step))})" for run in self.judged)
        lines.append(f"pool: {grouped(count)} hypotheses; runs and their rows: {rows}")
        lines += [f"precision: {self._precision()}", f"reglab {reglab.__version__}"]
        if self.divergence:
            lines += ["", self.divergence]
        left_out = [run for run in self.runs if run not in self.judged]
        reasons = {
            "S or D moved after they diverged": [r.name for r in left_out if len(r.history.step)],
            "they have no row": [r.name for r in left_out if not len(r.history.step)],
        }
        for reason, names in reasons.items():
            if names:
                lines.append(f"Not in the pool, as {reason}: {', '.join(names)}")
        return "\n".join(lines) + "\n"

    def _about(self, name: str, address: tuple[int, int]) -> str:
        run, row = self.judged[address[0]], address[1]
        train, true = float(run.history.train_error[row]), interval_at(run.history, row)
        return (
            f"{name}: run “{run.name}”, step {grouped(int(run.history.step[row]))}: "
            f"{percent(exact(train))} on the training examples, {percent(true)} over "
            f"{self.pool.over}{self._unseen(run, row)}"
        )

    def _unseen(self, run: Run, row: int) -> str:
        """The error on the members of a finite population that are not in S."""
        if not isinstance(run.distribution, FinitePopulation):
            return ""
        experiment = run.experiment
        num_train = experiment.hyper_at(int(run.history.step[row])).num_train
        key, predict = jax.random.key(experiment.draw), cast(Any, run.hypotheses[row])
        error = run.distribution.unseen_error(predict, key, num_train).value
        return f", {percent(exact(error))} over its members that are no training examples"

    def _precision(self) -> str:
        true, low, high = (
            np.asarray(column) for column in (self.pool.true_error, self.pool.low, self.pool.high)
        )
        half = float(np.maximum(high - true, true - low).max())
        method = self.runs[0].distribution.method
        if not half and is_squared(self.runs[0].distribution):
            method = "closed-form"  # of affine hypotheses
        if not half:
            return f"errors over {self.pool.over} are exact, by {method}"
        widest = percent(ErrorInterval(0.0, 0.0, half)).partition("± ")[2].removesuffix(" %")
        return f"errors over {self.pool.over} are known to ± {widest} points or better, by {method}"

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


def report_of(runs: Sequence[Run]) -> Report:
    """Judges the last hypothesis of the first run against all hypotheses of all runs.

    A run that diverged before S or D last moved is left out: its errors were taken over another.
    So is one that diverged before its first row.

    Raises:
        ValueError: the first run diverged before its first row.
    """
    if not len(runs[0].history.step):
        raise ValueError(
            f"run 1: expected a row to judge, got none; {divergence_sentence(runs[0])}"
        )
    bayes = runs[0].distribution.bayes_error()
    judged = [runs[0], *(run for run in runs[1:] if _may_be_held_against(runs[0], run))]
    known = None if bayes is None else float(bayes.value)
    pool, _ = pool_of(judged, bayes=known)
    finding = find_witness(*judged, bayes=known)
    return Report(tuple(runs), tuple(judged), pool, finding, bayes)


def _may_be_held_against(run: Run, other: Run) -> bool:
    if not len(other.history.step):
        return False
    try:
        pool_of([run, other])
    except ValueError:
        return False
    return True
