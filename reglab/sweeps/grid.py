"""Grids: experiments that share a base and differ in chosen fields."""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from reglab.config import MODELS, Experiment, check_experiment, fields_of
from reglab.words import say

_PARTS = ("base", "product", "zip")


class Grid(Sequence):
    """All combinations of some values, as experiments; made one at a time, so a large grid is free.

    Members that differ in fields of ``hyper`` alone are *twins*: they share the training sample,
    the initial weights and the batch order.

    Args:
        base: what all members have in common; the default preset where left out.
        product: values for each field, of which all combinations are taken; the last field varies
            fastest. A field is one of ``Experiment`` (``seed``, ``draw``, ``model``), of ``Hyper``
            (``hyper.dropout_rate``, or ``dropout_rate`` for short) or of the model
            (``model.widths``).
        zip: values for fields that move together, lists of one length. The grid is the product of
            these steps and ``product``, which varies faster.

    Raises:
        ValueError: an unknown field, a field named twice, no values, lists of several lengths, or
            two members that are the same experiment. A value out of range is told by the member
            that has it.

    >>> grid = Grid(product={"dropout_rate": [0, 0.5], "draw": range(3)})
    >>> len(grid), grid[4].hyper.dropout_rate, grid[4].draw
    (6, 0.5, 1)
    >>> Grid.from_json(grid.to_json()) == grid
    True
    """

    def __init__(
        self,
        base: Experiment | None = None,
        *,
        product: Mapping[str, Sequence[Any]] | None = None,
        zip: Mapping[str, Sequence[Any]] | None = None,
    ):
        base = Experiment() if base is None else check_experiment(base, "base")
        self.base, self._parts = base, json.loads(base.to_json())
        self.product = _values("product", product)
        self.zip = _values("zip", zip)
        lengths = {len(values) for values in self.zip.values()}
        if len(lengths) > 1:
            told = ", ".join(f"{name} {len(values)}" for name, values in self.zip.items())
            raise ValueError(say("zip: expected lists of one length, got {got}", got=told))
        self._steps = lengths.pop() if lengths else 1
        names = [_full_name(name) for name in (*self.zip, *self.product)]
        if len(set(names)) < len(names):
            raise ValueError(
                say("grid: expected each field once, got {got}", got=", ".join(sorted(names)))
            )
        self._check()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that vary, slowest first."""
        return (*self.zip, *self.product)

    def __len__(self) -> int:
        return self._steps * math.prod(len(values) for values in self.product.values())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(
                say(
                    "grid: expected an index below {num_experiments}, got {got}",
                    num_experiments=len(self),
                    got=index,
                )
            )
        rest, chosen = index % len(self), {}
        for name, values in reversed(self.product.items()):
            rest, place = divmod(rest, len(values))
            chosen[name] = values[place]
        return self._with({name: values[rest] for name, values in self.zip.items()} | chosen)

    def __iter__(self) -> Iterator[Experiment]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"Grid of {len(self)} experiments over {', '.join(self.fields) or 'nothing'}"

    def to_json(self, *, indent: int | None = None) -> str:
        """JSON text that ``from_json`` reads back to an equal grid."""
        parts: dict[str, Any] = {"base": json.loads(self.base.to_json())}
        for part, fields in (("product", self.product), ("zip", self.zip)):
            if fields:
                parts[part] = {name: [_plain(v) for v in values] for name, values in fields.items()}
        return json.dumps(parts, indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Grid":
        """Reads what ``to_json`` wrote; parts and fields left out take their defaults.

        Raises:
            ValueError: malformed JSON, an unknown part, or what the constructor raises.
        """
        try:
            parts = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(say("grid: expected JSON text, got {got}", got=error)) from None
        if not isinstance(parts, dict) or not set(parts) <= set(_PARTS):
            got = ", ".join(parts) if isinstance(parts, dict) else type(parts).__name__
            raise ValueError(
                say(
                    "grid: expected an object with {parts}, got {got}",
                    parts=", ".join(_PARTS),
                    got=got,
                )
            )
        base = Experiment.from_json(json.dumps(parts.get("base", {})))
        return cls(base, product=parts.get("product"), zip=parts.get("zip"))

    def _with(self, values: Mapping[str, Any]) -> Experiment:
        """The base with some fields set, by way of JSON, whose checks speak of the same names."""
        parts = {
            **self._parts,
            "hyper": dict(self._parts["hyper"]),
            "model": dict(self._parts["model"]),
        }
        for name, value in values.items():
            owner, _, field = _full_name(name).rpartition(".")
            place = parts[owner] if owner else parts
            place[field] = _plain(value)
        made = Experiment.from_json(json.dumps(parts))
        asked = [path for path in map(_full_name, values) if path.startswith("hyper.")]
        names = (*self.base.asked, *(path.removeprefix("hyper.") for path in asked))
        return dataclasses.replace(made, own=self.base.own, asked=names)

    def _check(self) -> None:
        """Raises where two members would be the same, or the first of them cannot be."""
        for name, values in self.product.items():
            if len({json.dumps(_plain(value), sort_keys=True) for value in values}) < len(values):
                raise ValueError(
                    say(
                        "{name}: expected distinct values, got {got!r}", name=name, got=list(values)
                    )
                )
        steps = [
            json.dumps([_plain(values[step]) for values in self.zip.values()], sort_keys=True)
            for step in range(self._steps)
        ]
        if len(set(steps)) < len(steps):
            raise ValueError(say("zip: expected distinct steps, got two that are equal"))
        self[0]


def _values(part: str, fields: object) -> dict[str, tuple]:
    """The values of each field, as tuples."""
    if fields is None:
        return {}
    if not isinstance(fields, Mapping):
        raise ValueError(
            say("{part}: expected fields with lists of values, got {got!r}", part=part, got=fields)
        )
    lists = {}
    for name, values in fields.items():
        _full_name(name)
        try:
            lists[name] = () if isinstance(values, (str, Mapping)) else tuple(values)
        except TypeError:
            lists[name] = ()
        if not lists[name]:
            raise ValueError(
                say(
                    "{part} {name}: expected a list of values, got {got!r}",
                    part=part,
                    name=name,
                    got=values,
                )
            )
    return lists


_FIELDS = fields_of(Experiment())
_EXAMPLES = ("seed", "hyper.dropout_rate", "model.widths")


def _full_name(name: str) -> str:
    """The path of a field in an experiment's JSON."""
    if name in _FIELDS:
        return name
    owner, _, field = name.rpartition(".")
    if owner in ("", "hyper") and field in _FIELDS["hyper"]:
        return f"hyper.{field}"
    if owner == "model" and field:
        return name  # which fields there are depends on the kind of the model
    raise ValueError(
        say(
            "grid: expected a field of an experiment, such as {examples}, got {got!r}",
            examples=", ".join(_EXAMPLES),
            got=name,
        )
    )


def _plain(value: object) -> Any:
    """As JSON has it: a model's config as an object, NumPy's numbers as Python's."""
    if type(value) in MODELS.values():
        return json.loads(Experiment(model=value).to_json())["model"]
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return value
