"""What training one experiment gave, as plain data, and the key it is stored under."""

import functools
import hashlib
import importlib.metadata
import json
from typing import Any, NamedTuple

from reglab.config import Experiment, check_experiment
from reglab.training import Rows

PACKAGES = ("flax", "jax", "reglab")  # those whose versions may change a result
KEY_DIGITS = 32


class Result(NamedTuple):
    """What training one experiment gave; it pickles.

    Attributes:
        experiment: what was trained.
        history: NumPy arrays of equal length, one entry a row; None where training failed.
        weights: content of a safetensors file, as ``reglab.nn.weights_bytes`` makes it, of the
            last hypothesis; None where there is none.
        diverged: whether the loss left every reasonable range.
        error: what went wrong, in one line; empty where nothing did.
        seconds: what the training took.
        versions: of the packages in the process that trained, see :func:`versions`.
    """

    experiment: Experiment
    history: Rows | None
    weights: bytes | None
    diverged: bool = False
    error: str = ""
    seconds: float = 0.0
    versions: tuple[tuple[str, str], ...] = ()

    @property
    def is_failed(self) -> bool:
        """Whether training gave nothing but an error."""
        return self.history is None


def key_of(experiment: Experiment) -> str:
    """The key of an experiment: 32 hexadecimal digits, equal for equal experiments.

    It is the beginning of the SHA-256 of :func:`canonical`.

    >>> key_of(Experiment(seed=1)) == key_of(Experiment().replace(seed=1.0, l2=-0.0))
    True
    """
    return hash_of(canonical(experiment))


def canonical(experiment: Experiment) -> str:
    """The JSON text that stands for an experiment: fields sorted, no spaces, no -0.0.

    Raises:
        ValueError: no experiment.
    """
    fields = _without_minus_zero(json.loads(check_experiment(experiment).to_json()))
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(text: str) -> str:
    """The key that belongs to the canonical text of an experiment."""
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


@functools.cache
def versions() -> tuple[tuple[str, str], ...]:
    """The versions of the packages of this process that may change a result, by name.

    >>> [name for name, _ in versions()]
    ['flax', 'jax', 'reglab']
    """
    return tuple((name, _version(name)) for name in PACKAGES)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # run from its source, not installed
        return "unknown"


def _without_minus_zero(value: object) -> Any:
    """JSON in which numbers that are equal are written alike."""
    if isinstance(value, dict):
        return {name: _without_minus_zero(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_minus_zero(part) for part in value]
    return value + 0.0 if isinstance(value, float) else value
