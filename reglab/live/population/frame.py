"""What a population session publishes: all that is on screen at one moment, without a widget."""

import math
from typing import NamedTuple

from reglab.mitchell.words import grouped
from reglab.training import Progress
from reglab.views import BandsView, BrushedView, FrequencyView, PopulationPlaneView

CLEAR = 0.4  # width of an interval from which it tells next to nothing
STATES = ("idle", "compiling", "running", "cancelled", "finished", "failed", "closed")
MOVING = ("compiling", "running")
INVITATION = (
    "Each run trains on another draw of the training set. How often its last hypothesis overfits "
    "is counted here, with the interval that so many draws allow."
)


class SweepStatus(NamedTuple):
    """Where a population session stands."""

    state: str  # one of STATES
    text: str  # words for the state
    progress: Progress


class Headline(NamedTuple):
    """How often h overfits, in words."""

    word: str  # the badge
    sentence: str
    figure: str  # the share; empty before there is one
    interval: str  # what the figure stands for
    code: str  # whose mark it bears: OVERFITS, NO_WITNESS, UNDECIDED or NONE


class PopulationFrame(NamedTuple):
    """One moment of a population session. Arrays are references that nobody changes afterwards."""

    number: int  # increases from frame to frame
    status: SweepStatus
    headline: Headline
    settings: tuple[str, ...]  # each value of what varies, in words
    chosen: int  # index of the value that the headline and the bands are about
    by: str  # the field that varies
    scope: str
    bands: tuple[BandsView, ...]  # one for each value
    frequency: FrequencyView
    plane: PopulationPlaneView
    brushed: BrushedView | None = None


def progress_words(progress: Progress) -> str:
    """How far it is, how fast, and what is left, in words.

    >>> progress_words(Progress(done=24, total=60, seconds=6.0))
    '24 of 60 runs, 4.0 a second, 9 s left'
    """
    parts = [f"{grouped(progress.done)} of {grouped(progress.total)} runs"]
    if progress.total <= 0:
        parts = [f"{grouped(progress.done)} runs"]
    if progress.rate:
        parts.append(f"{progress.rate:.1f} a second")
    if progress.rate and 0 < progress.left < math.inf:
        parts.append(f"{duration(progress.left)} left")
    if progress.failed:
        parts.append(f"{grouped(progress.failed)} failed")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time in words.

    >>> duration(8.6), duration(170), duration(7600)
    ('9 s', '3 min', '2.1 h')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def headline(
    frequency: FrequencyView, chosen: int, setting: str, *, draws: bool, scope: str
) -> Headline:
    """How often h overfits at one value of what varies.

    Args:
        frequency: of all values.
        chosen: index of the value.
        setting: the value in words, such as ``at dropout rate 0.1``.
        draws: whether runs differ in their draw of the training set.
        scope: what a hypothesis is held against, ``run`` or ``data``.
    """
    if chosen >= len(frequency.values) or not frequency.num_runs[chosen]:
        return Headline("NOTHING JUDGED YET", INVITATION, "", "", "NONE")
    hits, size = int(frequency.num_overfit[chosen]), int(frequency.num_runs[chosen])
    share, low, high = (float(getattr(frequency, k)[chosen]) for k in ("share", "low", "high"))
    by = f" by at least {100 * frequency.at_least:g} points" if frequency.at_least else ""
    what = "draws of the training set" if draws else "runs"
    pool = "its own run" if scope == "run" else "all runs on the same examples"
    sentence = (
        f"h overfits{by} in {grouped(hits)} of {grouped(size)} {what} {setting} "
        f"({100 * low:.0f}–{100 * high:.0f} %), held against {pool}."
    )
    if undecided := int(frequency.num_undecided[chosen]):
        sentence += f" Undecided: {grouped(undecided)}."
    code, word = "UNDECIDED", "ABOUT HALF OVERFIT" if high - low < CLEAR else "TOO FEW RUNS TO TELL"
    if low > 0.5:
        code, word = "OVERFITS", "MOSTLY OVERFITS"
    elif high < 0.5:
        code, word = "NO_WITNESS", "SELDOM OVERFITS"
    return Headline(
        word=word,
        sentence=sentence,
        figure=f"{100 * share:.0f} %",
        interval=f"{100 * low:.0f}–{100 * high:.0f} %",
        code=code,
    )
