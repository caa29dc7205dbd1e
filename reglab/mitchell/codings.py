"""Whether predictions and labels speak of the same classes: coded otherwise, they cannot be judged.

Classes may honestly be missing: a rare one from few labels, most of them from the answers of a
constant hypothesis. What is wrong shows on both sides at once, where some predicted class has no
label and some label is never predicted, or in answers that agree less with the labels than by
chance. Even that may be honest, as networks have outputs for classes that nobody labelled. It
passes if some checkpoint agrees with the labels more than by chance, and no class without a label
stands for one that is never predicted.
"""

import functools
import unicodedata
import warnings
from collections.abc import Callable

import numpy as np
from scipy.stats import hypergeom

from reglab.mitchell.classes import Part
from reglab.words import say

ABOVE_CHANCE = 3.0  # standard deviations of the number of agreements
RARELY = 0.01  # how often chance alone makes one class stand for another, or both parts so unlike
SHOWN = 3  # classes named in a message
MOST_MARKED = 2**20  # whole numbers in a row that may each be marked as there


def check_codings(train: Part, test: Part) -> None:
    """Refuses predictions and labels in different codings; warns of a checkpoint that stands alone.

    Raises:
        ValueError: one line that names classes that do not match.
    """
    if train.labels.dtype.kind == "U":
        _check_spelling(train, test)
    classes, codes = _coded(train, test)
    tables = _Table(train, codes[0], len(classes)), _Table(test, codes[1], len(classes))
    labelled = tables[0].labelled | tables[1].labelled
    if np.count_nonzero(labelled) < 2:  # as where 0 stands for right and 1 for wrong
        return
    for table in tables:
        if table.part.scores is None:  # scores say by their place which classes they speak of
            _check_answers(table, classes, labelled)
    _check_parts(*tables, classes)


class _Table:
    """A part with its classes as numbers from 0 to K - 1, and how often each is there.

    Attributes:
        part: the part.
        labels: ``(n,)``.
        predicted: ``(m, n)``.
        label_counts: ``(K,)``.
        counts: ``(m, K)``, of predicted classes.
        labelled: ``(K,)`` booleans, whether a label has the class.
        known: ``(K,)``, whether a checkpoint predicts it.
    """

    def __init__(self, part: Part, codes: tuple[np.ndarray, np.ndarray], num_classes: int):
        self.part, (labels, predicted) = part, codes
        self.labels, self.predicted = labels, predicted
        self.label_counts = np.bincount(labels, minlength=num_classes)
        self.counts = np.stack([np.bincount(row, minlength=num_classes) for row in predicted])
        self.labelled, self.known = self.label_counts > 0, self.counts.any(axis=0)

    def above_chance(self, k: int) -> float:
        """Agreements of checkpoint k with the labels, in standard deviations above chance.

        Chance pairs its answers with the labels in random order (Hoeffding 1951).
        """
        n, a, b = len(self.labels), self.counts[k].astype(float), self.label_counts.astype(float)
        pairs = (a * b).sum()
        spread = pairs - (a * b * (a + b)).sum() / n + (pairs / n) ** 2
        agreements = np.count_nonzero(self.predicted[k] == self.labels)
        deviation = np.sqrt(max(spread, 0) / max(n - 1, 1))
        return (agreements - pairs / n) / deviation if deviation > 1e-9 else 0.0

    def stands_for(self, k: int, extra: np.ndarray, missing: np.ndarray) -> bool:
        """Whether checkpoint k answers a class of ``extra`` where labels say one of ``missing``."""
        extra, missing = extra & (self.counts[k] > 0), missing & self.labelled
        here = extra[self.predicted[k]] & missing[self.labels]
        if not here.any():
            return False
        pairs = np.stack([self.predicted[k, here], self.labels[here]])
        (a, b), both = np.unique(pairs, axis=1, return_counts=True)
        sizes = len(self.labels), self.counts[k][a], self.label_counts[b]
        tries = len(self.predicted) * np.count_nonzero(extra) * np.count_nonzero(missing)
        return bool((hypergeom.sf(both - 1, *sizes) * tries < RARELY).any())


def _check_answers(table: _Table, classes: np.ndarray, labelled: np.ndarray) -> None:
    """Refuses answers to a part in another coding than its labels, or warns of one checkpoint's."""
    name, owner = f"{table.part.name}_predictions", f"{table.part.name}_labels"
    extra, missing = table.known & ~labelled, table.labelled & ~table.known
    if not (extra.any() or missing.any()):
        return
    checkpoints = range(len(table.predicted))
    agrees = np.array([table.above_chance(k) for k in checkpoints])
    is_suspect = (extra.any() and missing.any()) or agrees.min() < -ABOVE_CHANCE
    if is_suspect and (
        agrees.max() <= ABOVE_CHANCE
        or any(table.stands_for(k, extra, missing) for k in checkpoints)
    ):
        raise ValueError(
            say(
                "{name}: expected classes coded as in {owner}, got {got} that no label has, "
                "while no checkpoint predicts {missing}; code both alike, or hand in scores "
                "of all classes",
                name=name,
                owner=owner,
                got=_named(classes[extra]),
                missing=_named(classes[missing]),
            )
        )
    for k in checkpoints:
        own_extra, own_missing = (
            extra & (table.counts[k] > 0),
            table.labelled & (table.counts[k] == 0),
        )
        if own_extra.any() and (
            agrees[k] < -ABOVE_CHANCE or table.stands_for(k, own_extra, own_missing)
        ):
            warnings.warn(
                say(
                    "{name}: checkpoint {k} predicts {extra} that no label has, and never "
                    "{missing}; is it coded otherwise than the others?",
                    name=name,
                    k=k,
                    extra=_named(classes[own_extra]),
                    missing=_named(classes[own_missing]),
                ),
                UserWarning,
                stacklevel=4,
            )
            return


def _check_parts(train: _Table, test: _Table, classes: np.ndarray) -> None:
    """Raises where the labels of one part are in another coding than those of the other."""
    n, N = len(train.labels), len(test.labels)
    for here, there in ((test, train), (train, test)):
        share = len(here.labels) / (n + N)
        # Predicted here but labelled in the other part alone; labelled here alone, not predicted.
        lost = here.known & ~here.labelled & there.labelled
        new = here.labelled & ~here.known & ~there.labelled
        if not (lost.any() and new.any()):
            continue
        by_chance = (
            (1 - share) ** there.label_counts[lost].max(),
            share ** here.label_counts[new].max(),
        )
        if max(by_chance) * np.count_nonzero(here.labelled | there.labelled) < RARELY:
            mine, other = f"{here.part.name}_labels", f"{there.part.name}_labels"
            raise ValueError(
                say(
                    "{mine}: expected classes coded as in {other}, got {got} that {other} "
                    "lack, and never {lost}; code both alike",
                    mine=mine,
                    other=other,
                    got=_named(classes[new]),
                    lost=_named(classes[lost]),
                )
            )


def _check_spelling(train: Part, test: Part) -> None:
    """Raises where names of classes differ by blanks, case or digits alone, or were cut."""
    labels = [set(np.unique(part.labels).tolist()) for part in (train, test)]
    every = labels[0] | labels[1]
    only = labels[0] - labels[1], labels[1] - labels[0]
    _refuse_alike("test_labels", only[1], "train_labels", only[0], _is_written_alike)
    for part in (train, test):
        name, answers = f"{part.name}_predictions", set(np.unique(part.predicted).tolist())
        width, label_width = max(map(len, answers)), max(map(len, every))
        extra, missing = answers - every, every - answers
        owner = say("the labels")
        _refuse_alike(name, extra, owner, every, _is_written_alike)
        _refuse_alike(name, extra, owner, missing, lambda a, b, w=width: _is_cut(a, b, w))
        _refuse_alike(name, extra, owner, missing, lambda a, b, w=label_width: _is_cut(b, a, w))


def _refuse_alike(
    name: str, got: set[str], owner: str, expected: set[str], is_alike: Callable[[str, str], bool]
) -> None:
    for label in sorted(got):
        twin = next((other for other in sorted(expected) if is_alike(label, other)), None)
        if twin is not None:
            raise ValueError(
                say(
                    "{name}: expected classes spelled as in {owner}, got {got!r} beside "
                    "{twin!r}; spell both alike",
                    name=name,
                    owner=owner,
                    got=label,
                    twin=twin,
                )
            )


def _is_written_alike(name: str, other: str) -> bool:
    return _plain(name) == _plain(other)


@functools.lru_cache(maxsize=2**14)
def _plain(name: str) -> str:
    """The name without what people and programs write in more ways than one."""
    text = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    try:
        return repr(float(text))
    except ValueError:
        return text


def _is_cut(name: str, whole: str, longest: int) -> bool:
    return len(name) == longest < len(whole) and whole.startswith(name)


def _coded(train: Part, test: Part) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """All K classes, sorted, and labels and predictions of both parts as their numbers."""
    arrays = [train.labels, train.predicted, test.labels, test.predicted]
    is_text = train.labels.dtype.kind == "U"
    low = 0 if is_text else min(int(array.min()) for array in arrays)
    high = MOST_MARKED if is_text else max(int(array.max()) for array in arrays)
    if high - low < MOST_MARKED:
        is_there = np.zeros(high - low + 1, bool)
        for array in arrays:
            is_there[array - low] = True
        classes, number = np.flatnonzero(is_there) + low, np.cumsum(is_there) - 1
        codes = [number[array - low] for array in arrays]
    else:
        classes, flat = np.unique(np.concatenate([a.ravel() for a in arrays]), return_inverse=True)
        ends = np.cumsum([array.size for array in arrays])[:-1]
        parts = zip(np.split(flat, ends), arrays, strict=True)
        codes = [part.reshape(array.shape) for part, array in parts]
    return classes, [(codes[0], codes[1]), (codes[2], codes[3])]


def _named(classes: np.ndarray) -> str:
    """Some classes, in words."""
    if not len(classes):
        return say("none")
    shown = ", ".join(repr(label) for label in classes[:SHOWN].tolist())
    if len(classes) <= SHOWN:
        return shown
    return say("{shown} and {count} more", shown=shown, count=len(classes) - SHOWN)
