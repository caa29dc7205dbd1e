"""What a population session publishes: all that is on screen at one moment, without a widget."""

import math
from functools import reduce
from typing import Any, NamedTuple

from reglab.mitchell.words import grouped, plain, tick
from reglab.training import Progress
from reglab.views import BandsView, BrushedView, FrequencyView, PopulationPlaneView
from reglab.words import Message, say

CLEAR = 0.4  # width of an interval from which it tells next to nothing
MOVING = ("compiling", "running")
INVITATION = say(
    "Each run trains on another draw of the training set. How often its last hypothesis overfits "
    "is counted here, with the interval that so many draws allow."
)


class SweepStatus(NamedTuple):
    """Where a population session stands."""

    state: str  # idle, compiling, running, cancelled, finished, failed or closed
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
    pictures: Any = ()  # a NamedTuple: the view of each that is shown


def runs_words(progress: Progress) -> Message:
    """How many runs there are, in words.

    >>> runs_words(Progress(done=24, total=60, seconds=6.0))
    '24 of 60 runs'
    """
    if progress.total <= 0:
        return say("{done} runs", done=grouped(progress.done))
    return say("{done} of {total} runs", done=grouped(progress.done), total=grouped(progress.total))


def progress_words(progress: Progress) -> Message:
    """How far it is, how fast, and what is left, in words.

    >>> progress_words(Progress(done=24, total=60, seconds=6.0))
    '24 of 60 runs, 4.0 a second, 9 s left'
    """
    parts = [runs_words(progress)]
    if progress.rate:
        parts.append(say("{rate} a second", rate=f"{progress.rate:.1f}"))
    if progress.rate and 0 < progress.left < math.inf:
        parts.append(say("{time} left", time=duration(progress.left)))
    if progress.failed:
        parts.append(say("{count} failed", count=grouped(progress.failed)))
    return reduce(lambda told, more: say("{told}, {more}", told=told, more=more), parts)


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
        return Headline(say("NOTHING JUDGED YET"), INVITATION, "", "", "NONE")
    hits, size = int(frequency.num_overfit[chosen]), int(frequency.num_runs[chosen])
    share, low, high = (float(getattr(frequency, k)[chosen]) for k in ("share", "low", "high"))
    interval = f"{tick(low, 1).removesuffix(' %')}–{tick(high, 1)}"
    num = grouped(size)
    values = {
        "hits": grouped(hits),
        "runs": say("{num} draws of the training set", num=num)
        if draws
        else say("{done} runs", done=num),
        "setting": setting,
        "interval": interval,
        "pool": say("its own run") if scope == "run" else say("all runs on the same examples"),
    }
    sentence = say(
        "h overfits in {hits} of {runs} {setting} ({interval}), held against {pool}.", **values
    )
    if frequency.at_least:
        sentence = say(
            "h overfits by at least {points} points in {hits} of {runs} {setting} ({interval}), "
            "held against {pool}.",
            points=plain(100 * frequency.at_least),
            **values,
        )
    if undecided := int(frequency.num_undecided[chosen]):
        sentence = say(
            "{sentence} Undecided: {count}.", sentence=sentence, count=grouped(undecided)
        )
    code, word = _word(low, high)
    return Headline(word, sentence, tick(share, 1), interval, code)


def _word(low: float, high: float) -> tuple[str, Message]:
    """Code and words of the badge, for the ends of the interval of a share."""
    if low > 0.5:
        return "OVERFITS", say("MOSTLY OVERFITS")
    if high < 0.5:
        return "NO_WITNESS", say("SELDOM OVERFITS")
    is_clear = high - low < CLEAR
    return "UNDECIDED", say("ABOUT HALF OVERFIT") if is_clear else say("TOO FEW RUNS TO TELL")
