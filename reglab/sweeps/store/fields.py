"""Fields of results by name: of the experiment, its numbers, its model, and what came out."""

import dataclasses
import functools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from reglab.config import MODELS, Experiment, Hyper, fields_of
from reglab.sweeps.result import PACKAGES
from reglab.sweeps.store.rows import LAST, Row
from reglab.words import say

OUTCOMES = ("key", *LAST, "diverged", "seconds", *PACKAGES)
OWN = tuple(field.name for field in dataclasses.fields(Experiment) if field.compare)
_DEFAULTS = fields_of(Experiment())

Path = tuple[str, str]


def path_of(what: str, name: str) -> Path:
    """The owner of a field and its name there.

    Args:
        what: the field is asked for by, in words.
        name: a field of ``Experiment``; of ``Hyper``, such as ``dropout_rate`` or
            ``hyper.dropout_rate``; of the model, such as ``model.widths``; or of ``OUTCOMES``.

    Raises:
        ValueError: there is no such field.

    >>> path_of("table", "l2"), path_of("table", "model.widths"), path_of("table", "true_error")
    (('hyper', 'l2'), ('model', 'widths'), ('outcome', 'true_error'))
    """
    owner, _, field = name.rpartition(".") if isinstance(name, str) else ("", "", name)
    for place, fields in {
        "outcome": OUTCOMES,
        "experiment": OWN,
        "hyper": Hyper._fields,
        "model": _of_models(),
    }.items():
        if field in fields and (owner == place or (not owner and place != "model")):
            return place, field
    raise ValueError(
        say(
            "{what}: expected a field such as seed, dropout_rate, model.widths or true_error, "
            "got {got!r}",
            what=what,
            got=name,
        )
    )


def getter(paths: Sequence[Path]) -> Callable[[Row], list[Any]]:
    """What reads the values at some paths from a row: Python's numbers, text, tuples, configs.

    A field that the model of a row does not have is None; a number without a value is NaN.
    """
    needs_experiment = any(owner != "outcome" for owner, _ in paths)

    def values(row: Row) -> list[Any]:
        fields = _fields(row) if needs_experiment else {}
        return [_value(row, fields, *path) for path in paths]

    return values


def matcher(where: dict[str, Any]) -> Callable[[Row], bool]:
    """Whether a row has the values that are asked for.

    A list, a range, a set or an array stands for any of its entries.

    Raises:
        ValueError: there is no such field.
    """
    get = getter([path_of("where", name) for name in where])
    expected = [_alternatives(value) for value in where.values()]

    def matches(row: Row) -> bool:
        pairs = zip(get(row), expected, strict=True)
        return all(any(value == option for option in options) for value, options in pairs)

    return matches if where else lambda row: True


def column(values: list[Any]) -> np.ndarray:
    """Values as one array: of numbers, truth values or text where they all are, else objects."""
    kinds = {type(value) for value in values}
    for kind in (bool, int, str):
        if kinds == {kind}:
            return np.array(values)
    if kinds <= {int, float}:
        return np.array(values, float)
    objects = np.empty(len(values), object)
    objects[:] = values
    return objects


def columns_of(pages: Iterable[list[Row]]) -> list[str]:
    """Names of all fields that these rows have, each once, in an order to read them in."""
    models: dict[str, None] = {}
    for page in pages:
        for row in page:
            models |= dict.fromkeys(_fields(row)["model"])
    of_models = [name for name in _of_models() if name in models]
    own = [name for name in OWN if name not in ("model", "hyper", "changes")]
    return [
        "key",
        *own,
        *(f"model.{name}" for name in of_models),
        *Hyper._fields,
        "changes",
        *OUTCOMES[1:],
    ]


def _of_models() -> list[str]:
    """Fields of all models."""
    fields = (field.name for kind in MODELS.values() for field in dataclasses.fields(kind))
    return ["kind", *dict.fromkeys(fields)]


def _fields(row: Row) -> dict[str, Any]:
    """The experiment of a row as JSON, quicker than as an object; defaults where it has none."""
    try:
        fields = _DEFAULTS | json.loads(row.experiment)
        fields["hyper"] = _DEFAULTS["hyper"] | fields["hyper"]
        fields["model"] = dict(fields["model"])
    except (TypeError, ValueError) as error:
        raise ValueError(
            say("result {key}: expected an experiment, got {got}", key=row.key, got=error)
        ) from None
    return fields


def _value(row: Row, fields: dict[str, Any], owner: str, name: str) -> Any:
    if owner == "outcome":
        return _outcome(row, name)
    if owner == "hyper":
        return fields["hyper"][name]
    if owner == "model":
        return _tuples(fields["model"].get(name))
    if name == "model":
        return _model(json.dumps(fields["model"]))
    return Hyper(**fields["hyper"]) if name == "hyper" else _tuples(fields[name])


def _outcome(row: Row, name: str) -> Any:
    value = getattr(row, name)
    if name == "diverged":
        return bool(value)
    if value is None:
        return "" if name in PACKAGES else math.nan
    return value


@functools.lru_cache(maxsize=256)  # a sweep has few models
def _model(text: str) -> Any:
    return Experiment.from_json(f'{{"model": {text}}}').model


def _tuples(value: object) -> Any:
    """As the configs have it: tuples, where JSON has lists."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _alternatives(value: object) -> Sequence[Any]:
    if isinstance(value, np.ndarray):
        value = value.tolist()
        return value if isinstance(value, list) else [value]
    return list(value) if isinstance(value, (list, range, set, frozenset)) else [value]
