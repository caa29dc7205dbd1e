"""A claim: a statement with the formula that predicts and the experiment that tests it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from reglab.theory.rows import Measured, Predicted, Row, rows_of
from reglab.words import Message, say

KINDS = ("identity", "expectation", "bound", "tendency")


class Reference(NamedTuple):
    """Where a claim comes from.

    Attributes:
        text: authors, title, place, year, and the section or equation.
        read: what of it was looked up, and where; empty where nothing could be.
    """

    text: str
    read: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement about learning that can be checked.

    Its texts, and the names and axes in ``predict``, are messages where they are to be said in
    other languages; ``measure`` may give the same names as plain text.

    Attributes:
        id: its name; of those of reglab a letter and a number, such as ``G3``.
        statement: the claim, in one or two plain sentences.
        formula: what it predicts, in LaTeX without dollars; empty for a tendency.
        kind: ``identity`` (algebra), ``expectation`` (the mean of replicates has a closed form),
            ``bound``, or ``tendency`` (a trained network; there is no formula).
        source: references.
        setup: ``seed -> given``: settings, and the data that both sides need.
        predict: ``given -> {name: Predicted}``: the formula alone, in a few lines.
        measure: ``given -> {name: Measured}``: the experiment, for the same names.
        tolerance: where the interval of a measurement comes from, in words.
        fails_when: the condition under which the usual statement is wrong, in words; rows of the
            kind ``limit`` measure it.
    """

    id: str
    statement: str
    formula: str
    kind: str
    source: tuple[Reference, ...]
    setup: Callable[[int], Any]
    predict: Callable[[Any], dict[str, Predicted] | dict[Message, Predicted]]
    measure: Callable[[Any], dict[str, Measured]]
    tolerance: str
    fails_when: str

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(
                say(
                    "{claim}: expected a kind out of {kinds}, got {got!r}",
                    claim=self.id,
                    kinds=KINDS,
                    got=self.kind,
                )
            )


class Check(NamedTuple):
    """A claim as it was found.

    Attributes:
        claim: what was checked.
        seed: of every random number.
        rows: predictions beside measurements.
        seconds: that it took.
    """

    claim: Claim
    seed: int
    rows: tuple[Row, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every row is as predicted."""
        return all(row.passed for row in self.rows)

    @property
    def prediction(self) -> dict[str, Any]:
        """What was predicted, by name: numbers or arrays."""
        return {row.name: row.predicted.value for row in self.rows}

    @property
    def measurement(self) -> dict[str, Any]:
        """What was measured, by name: numbers or arrays."""
        return {row.name: row.measured.value for row in self.rows}

    @property
    def interval(self) -> dict[str, tuple[Any, Any]]:
        """The interval of each measurement, by name: ``(low, high)``."""
        return {row.name: (row.measured.low, row.measured.high) for row in self.rows}


def checked(claim: Claim, seed: int) -> Check:
    """Predicts, measures and compares."""
    started = time.perf_counter()
    given = claim.setup(seed)
    rows = rows_of(claim.predict(given), claim.measure(given))
    return Check(claim, seed, rows, time.perf_counter() - started)
