"""What every claim is put through; a file a letter of the ids runs it."""

import warnings
from functools import cache
from typing import ClassVar

import numpy as np

from reglab import figures
from reglab.theory import CLAIMS, Check
from reglab.theory.rows import rows_of
from reglab.theory.words import name_of
from tests.figures.helpers import unreadable
from tests.lowered import FULL, products
from tests.words.brackets import unsaid

from .mutants import mutants

POINTS = ("identity", "expectation")  # kinds of rows that predict a value; the others are exempt


class ClaimTests:
    """Of the claims that a subclass is parametrised with, as ``id``.

    Attributes:
        survivors: for an id, flips that change too little to be found out; each says why.
    """

    survivors: ClassVar[dict[str, list[str]]] = {}

    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_its_figure_can_be_read(self, id):
        assert illegible(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == self.survivors.get(id, [])


def ids(*letters):
    """Ids of the claims whose letter is one of these."""
    return [id for id in CLAIMS if id[0] in letters]


@cache
def measured(id, seed=0):
    """What both sides share, and the measurements; made once a process."""
    claim = CLAIMS[id]
    given = claim.setup(seed)
    predicted = claim.predict(given)  # before the experiment: it may not use what was measured
    with products() as said:
        found = claim.measure(given)
    assert set(said) <= {FULL}, id
    return given, predicted, found


def faults(id, seed=0):
    """Rows that are not as predicted, in words."""
    claim, (_, predicted, found) = CLAIMS[id], measured(id, seed)
    rows = rows_of(predicted, found)
    assert any(row.is_judged for row in rows)
    assert unsaid([*map(name_of, rows), *(row.predicted.x_label for row in rows)]) == []
    assert Check(claim, seed, rows, 0.0).passed == all(row.passed for row in rows)
    return [f"{row.name}: {row.predicted} {row.measured}" for row in rows if not row.passed]


def illegible(id, seed=0):
    """Words of the figure that cover each other or reach over its edge."""
    claim, (_, predicted, found) = CLAIMS[id], measured(id, seed)
    figure = figures.claim(Check(claim, seed, rows_of(predicted, found), 0.0)).figure_
    return unreadable(figure)


def toothless(id):
    """Rows with a point prediction that no flipped formula makes fail."""
    return sorted(set(_points(id)) - {name for _, rows in _changed(id) for name in rows[1]})


def survivors(id):
    """Flips that change a point prediction in the eighth digit at least, and are not found out."""
    return [what for what, (changed, failed) in _changed(id) if changed and not failed]


def _points(id):
    _, predicted, _ = measured(id)
    return {name: said for name, said in predicted.items() if said.kind in POINTS}


@cache
def _changed(id):
    """For each mutant, the names of point predictions that it changes, and that then fail."""
    given, predicted, found = measured(id)
    points, all_of_them = _points(id), []
    for what, mutant in mutants(CLAIMS[id].predict):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # a wrong formula may divide by zero
                wrong = mutant(given)
                rows = {row.name: row for row in rows_of(wrong, found)}
        except Exception:  # a mutant that cannot be computed says nothing
            continue
        if set(wrong) != set(predicted):
            continue
        changed = [n for n in points if not _same(points[n].value, rows[n].predicted.value)]
        failed = [n for n in changed if not rows[n].passed]
        all_of_them.append((what, (changed, failed)))
    return all_of_them


def _same(a, b):
    return np.allclose(np.asarray(a, float), b, rtol=1e-8, atol=1e-12, equal_nan=True)
