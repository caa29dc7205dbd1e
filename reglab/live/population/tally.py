"""A population counted while it grows: verdicts, bands and frequencies of the runs so far."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reglab.config import Experiment, Hyper, Knob, check_name
from reglab.config.knobs import BY_NAME
from reglab.live.population.density import MOST_DOTS, density
from reglab.mitchell import (
    SCOPES,
    Verdict,
    Verdicts,
    data_of,
    explain,
    frequencies_of,
    judge,
    last_verdicts,
    number_words,
    over_of,
    pool_of,
    value_of,
    value_words,
)
from reglab.mitchell.words import plain
from reglab.training import RunLike, bands
from reglab.views import BandsView, FrequencyView, PopulationPlaneView
from reglab.words import Message, say

NUMBERS = {
    "max_train": say("max train"),
    "batch_size": say("batch size"),
    "num_steps": say("num steps"),
    "eval_every": say("eval every"),
    "seed": say("seed"),
    "draw": say("draw"),
}
SIZES = {"model.widths": say("hidden units"), "model.channels": say("channels")}
FEW, LAG = 100, 0.1  # runs of which bands never lag, and how far others may


class Tally:
    """Counts runs as they come; adding some costs as much as the pools that they join.

    Args:
        by: what varies, see :func:`reglab.mitchell.frequencies`.
        scope: what the last hypothesis of a run is judged against, one of ``SCOPES``.
        at_least: severity from which it counts as overfitting, 0 to 1.

    Attributes:
        runs: those that were added, in order.
    """

    def __init__(self, by: str = "dropout_rate", *, scope: str = "data", at_least: float = 0.0):
        if by not in SIZES:
            value_of(Experiment(), by)  # raises where there is no such field
        self.by, self.scope = by, check_name("scope", scope, SCOPES)
        self.at_least = at_least
        self.runs: list[RunLike] = []
        self._pools: dict[Any, list[int]] = {}
        self._values, self._code = np.zeros(0), np.zeros(0, np.int32)
        self._severity, self._witness = np.zeros(0), np.zeros(0, np.int32)
        self._errors = np.zeros((0, 2), np.float32)
        self._draw = np.zeros(0, np.uint32)
        self._bands: dict[float, tuple[int, BandsView]] = {}
        self._bayes: dict[Any, tuple[float, float] | None] = {}  # lower bound, value

    def add(self, runs: Sequence[RunLike]) -> None:
        """Adds runs, and judges the pools that they join."""
        start, count = len(self.runs), len(runs)
        if not count:
            return
        self.runs += runs
        values = [value_of(run.experiment, self.by) for run in runs]
        errors = [_last_errors(run) for run in runs]
        self._values = np.concatenate([self._values, np.array(values, float)])
        self._errors = np.concatenate([self._errors, np.array(errors, np.float32)])
        draws = np.array([run.experiment.draw for run in runs], np.uint32)
        self._draw = np.concatenate([self._draw, draws])
        self._code = np.concatenate([self._code, np.full(count, Verdict.UNDECIDED, np.int32)])
        self._severity = np.concatenate([self._severity, np.full(count, np.nan)])
        self._witness = np.concatenate([self._witness, np.full(count, -1, np.int32)])
        joined = []
        for index in range(start, start + count):
            run = self.runs[index]
            key = tuple(data_of(run).items())
            if (distribution := _distribution_key(run)) not in self._bayes:
                self._bayes[distribution] = _bayes(run)
            if self.scope == "run" or run.diverged or not len(run.history.step):
                key = index
            self._pools.setdefault(key, []).append(index)
            joined.append(key)
        self._judge(dict.fromkeys(joined))

    def look(self, *, by: str | None = None, scope: str | None = None) -> "Tally":
        """The same runs, counted by another field or in another scope."""
        other = Tally(by or self.by, scope=scope or self.scope, at_least=self.at_least)
        other.add(self.runs)
        return other

    def _judge(self, keys: Any) -> None:
        for key in keys:
            members = np.array(self._pools[key])
            verdicts = last_verdicts([self.runs[i] for i in members], scope=self.scope)
            self._code[members], self._severity[members] = verdicts.verdict, verdicts.severity
            witness = np.asarray(verdicts.witness)
            if self.scope == "data":
                witness = np.where(witness < 0, -1, members[witness])
            self._witness[members] = witness

    @property
    def verdicts(self) -> Verdicts:
        """On the last hypothesis of each run, as :func:`reglab.mitchell.last_verdicts` has it."""
        return Verdicts(self._code, self._witness, self._severity)

    @property
    def values(self) -> np.ndarray:
        """The values of what varies, ascending."""
        return np.unique(self._values)

    def value(self, index: int) -> float:
        """What varies, of one run."""
        return float(self._values[index])

    @property
    def num_draws(self) -> int:
        """Draws of the training set that there are."""
        return len(np.unique(self._draw))

    def frequency(self) -> FrequencyView:
        """How many runs overfit, for each value of what varies."""
        frequencies = frequencies_of(self._values, self.verdicts, at_least=self.at_least)
        shown = {
            name: getattr(frequencies, name)
            for name in FrequencyView._fields
            if hasattr(frequencies, name)
        }
        knob = _knob(self.by)
        unit = "%" if knob is not None and knob.is_share else ""
        return FrequencyView(field_words(self.by), **shown, at_least=self.at_least, unit=unit)

    def bands(self, *, is_final: bool = True) -> tuple[BandsView, ...]:
        """Both errors against steps, for each value of what varies.

        Args:
            is_final: whether all runs must be in them; otherwise those of many runs may lag
                behind by one run in ten.
        """
        lag = 0.0 if is_final else LAG
        return tuple(self._band(value, lag) for value in self.values.tolist())

    def _band(self, value: float, lag: float) -> BandsView:
        members = np.flatnonzero(self._values == value)
        count, view = self._bands.get(value, (0, None))
        if view is None or len(members) - count > (lag * count if count >= FEW else 0):
            view = self._new_band(value, [self.runs[i] for i in members])
            self._bands[value] = len(members), view
        return view

    def _new_band(self, value: float, runs: list[RunLike]) -> BandsView:
        histories = [run.history for run in runs]
        train, true = (bands(histories, name) for name in ("train_error", "true_error"))
        columns = (train.low, train.median, train.high, true.low, true.median, true.high)
        return BandsView(
            true.step.astype(np.int32),
            *(column.astype(np.float32) for column in columns),
            num_runs=true.count.astype(np.int32),
            name=setting_words(self.by, value),
            num_train=_only({run.experiment.hyper.num_train for run in runs}),
            over=over_of(runs[0].distribution),
        )

    def plane(self) -> PopulationPlaneView:
        """The last hypothesis of each run that was judged; many of them as a density too."""
        run = np.flatnonzero(~np.isnan(self._severity)).astype(np.int32)
        errors, bayes = self._errors[run], _only(set(self._bayes.values()))
        region, grid = (0.0, 1.0, 0.0, 1.0), None
        if len(run) > MOST_DOTS:
            region, grid = density(*errors.T)
        return PopulationPlaneView(
            run=run,
            train_error=errors[:, 0],
            true_error=errors[:, 1],
            code=self._code[run].astype(np.uint8),
            counts=(self._code[run] == Verdict.OVERFITS) & (self._severity[run] >= self.at_least),
            draw=self._draw[run],
            group=np.searchsorted(self.values, self._values[run]).astype(np.int32),
            bayes_error=None if bayes is None else bayes[1],
            num_train=_only({member.experiment.hyper.num_train for member in self.runs}),
            over=over_of(self.runs[0].distribution) if self.runs else over_of(None),
            region=region,
            density=grid,
        )

    def nearest(self, train_error: float, true_error: float) -> int | None:
        """The run whose last hypothesis lies nearest in the plane; None without any."""
        away = np.abs(self._errors - [train_error, true_error]).sum(axis=1)
        away[np.isnan(self._severity)] = np.nan
        return None if np.isnan(away).all() else int(np.nanargmin(away))

    def sentence(self, index: int) -> tuple[str, str]:
        """The verdict on the last hypothesis of a run: its code, and a sentence."""
        run = self.runs[index]
        if np.isnan(self._severity[index]):
            return "NONE", say("This run diverged: it has no last hypothesis to judge.")
        members = next(pool for pool in self._pools.values() if index in pool)
        own = [self.runs[i] for i in members]
        known = self._bayes[_distribution_key(run)]
        bayes = None if known is None else known[0]
        pool, addresses = pool_of(own, bayes=bayes)
        verdicts = judge(
            pool.train_error, pool.true_error, low=pool.low, high=pool.high, bayes=bayes
        )
        last = int(np.flatnonzero(addresses[:, 0] == members.index(index))[-1])
        code = Verdict(int(np.asarray(verdicts.verdict)[last])).name
        return code, explain(verdicts, last, pool=pool)


def varying(experiments: Sequence[Experiment]) -> str:
    """The field with numbers in which some experiments differ most; draws and seeds come last.

    >>> varying([Experiment().replace(l2=l2, draw=draw) for l2 in (0, 0.1) for draw in range(3)])
    'l2'
    >>> varying([Experiment()])
    'dropout_rate'
    """
    counts = {}
    for name in (*Hyper._fields, *SIZES, *NUMBERS):
        try:
            count = len({value_of(experiment, name) for experiment in experiments})
        except ValueError:  # models of other kinds
            continue
        if count > 1:
            counts[name] = count
    chosen = {
        name: count for name, count in counts.items() if name not in ("seed", "draw")
    } or counts
    return max(chosen, key=lambda name: chosen[name], default="dropout_rate")


def field_words(name: str) -> str:
    """A field in words.

    >>> field_words("dropout_rate"), field_words("model.widths"), field_words("batch_size")
    ('dropout rate', 'hidden units', 'batch size')
    """
    if (knob := _knob(name)) is not None:
        return number_words(knob.name)
    field = name.rpartition(".")[2]
    return SIZES.get(name) or NUMBERS.get(field) or field.replace("_", " ")


def setting_words(name: str, value: float) -> Message:
    """A field at a value, in words that go on a sentence.

    >>> setting_words("dropout_rate", 0.1), setting_words("num_train", 60)
    ('at dropout rate 0.1', 'with 60 training examples')
    >>> setting_words("label_noise", 0.2), setting_words("hyper.label_noise", 0.2)
    ('at labels flipped 20 %', 'at labels flipped 20 %')
    """
    knob = _knob(name)
    if name in SIZES or (knob is not None and knob.is_whole):
        return say("with {value:g} {field}", value=value, field=field_words(name))
    shown = plain(value) if knob is None else value_words(knob.name, value)
    return say("at {field} {value}", value=shown, field=field_words(name))


def _knob(name: str) -> Knob | None:
    """The record of a field of ``Hyper``; None for any other field."""
    return BY_NAME.get(name.removeprefix("hyper."))


def _last_errors(run: RunLike) -> tuple[float, float]:
    rows = run.history
    if not len(rows.step):
        return np.nan, np.nan
    return float(rows.train_error[-1]), float(rows.true_error[-1])


def _distribution_key(run: RunLike) -> tuple:
    data = data_of(run)
    return tuple(v for k, v in data.items() if k not in ("draw", "num_train"))


def _bayes(run: RunLike) -> tuple[float, float] | None:
    estimate = run.distribution.bayes_error()
    return None if estimate is None else (float(estimate.low), float(estimate.value))


def _only(values: set) -> Any:
    return next(iter(values)) if len(values) == 1 else None
