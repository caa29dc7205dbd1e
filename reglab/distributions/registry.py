"""Distributions that have a name: what each must be, and how one joins."""

import dataclasses

import jax

from reglab.config import DISTRIBUTIONS
from reglab.distributions.base import Distribution
from reglab.distributions.pictograms import check_pictogram
from reglab.words import say

OWN = ("arrays", "csv", "idx")  # names of the functions that make data of one's own
ATTRIBUTES = ("input_shape", "num_classes", "ranges", "num_coordinates")


def register(name: str, kind: type[Distribution]) -> None:
    """Gives a distribution a name, by which experiments, panels and commands know it.

    Nothing is drawn: a class from elsewhere is checked, by drawing, when it is first trained on.

    Args:
        name: letters, digits, ``_`` and ``-``.
        kind: a subclass of :class:`Distribution` with a ``caption`` and perhaps a ``thumbnail``,
            ``@pytree`` over ``@dataclass(frozen=True, kw_only=True)``, whose numbers have defaults.

    Raises:
        ValueError: one line, for a name that is taken or none, or a class that is no such.

    >>> register("moons", Distribution)
    Traceback (most recent call last):
    ValueError: distribution: expected a name that is free, got 'moons'
    """
    DISTRIBUTIONS.register(name, kind)


def _check(name: str, kind: object) -> None:
    if name in OWN:
        raise ValueError(say("distribution: expected a name that is free, got {got!r}", got=name))
    if not isinstance(kind, type) or not issubclass(kind, Distribution):
        raise ValueError(
            say(
                "distribution: expected a subclass of reglab.distributions.Distribution, got "
                "{got!r:.80}",
                got=kind,
            )
        )
    lacks = [attribute for attribute in ATTRIBUTES if not hasattr(kind, attribute)]
    if not kind.caption or not isinstance(kind.caption, str):
        lacks.append("caption")
    if lacks:
        raise ValueError(
            say(
                "distribution {name}: expected {names}, but {kind} lacks {lacks}",
                name=name,
                names=", ".join((*ATTRIBUTES, "caption")),
                kind=kind.__name__,
                lacks=", ".join(lacks),
            )
        )
    needed = [f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING]
    if needed:
        raise ValueError(
            say(
                "distribution {name}: expected defaults for all numbers, but {kind} has none "
                "for {names}",
                name=name,
                kind=kind.__name__,
                names=", ".join(needed),
            )
        )
    if "__dataclass_fields__" not in vars(kind) or jax.tree_util.all_leaves([object.__new__(kind)]):
        raise ValueError(
            say(
                "distribution {name}: expected a pytree, so that its numbers can be traced; "
                "decorate {kind} with @pytree over @dataclass(frozen=True, kw_only=True)",
                name=name,
                kind=kind.__name__,
            )
        )
    check_pictogram(name, kind.thumbnail())


DISTRIBUTIONS.check = _check
