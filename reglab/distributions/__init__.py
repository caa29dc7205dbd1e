"""Distributions p(x, y) that reglab owns: sample them, know their Bayes error, take true errors.

>>> get("moons", noise=0.2, label_noise=0.1).true_error(lambda x: x[:, ::-1]).method
'quadrature'
>>> get("gauss", noise=0.1).bayes_error().method
'closed-form'
"""

import inspect
from collections.abc import Callable
from typing import Any

from reglab.config import DISTRIBUTIONS as REGISTRY
from reglab.config import check_name
from reglab.distributions.answers import NO_ANSWER, answers_of
from reglab.distributions.arrays import arrays
from reglab.distributions.base import Distribution, Sample, pytree
from reglab.distributions.binomial import SAMPLED, binomial_bounds, sampled_error
from reglab.distributions.boundary import adapted, check, guarded, is_users, true_error_from
from reglab.distributions.circle import Circle
from reglab.distributions.digits import Digits
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.gauss import Gauss
from reglab.distributions.gaussian_linear import GaussianLinear
from reglab.distributions.held_out import Examples, HeldOut, OwnData
from reglab.distributions.idx import idx
from reglab.distributions.intervals import clopper_pearson
from reglab.distributions.mnist1d import Mnist1d
from reglab.distributions.mnist1d_frozen import Mnist1dFrozen, Mnist1dShuffled
from reglab.distributions.mnist5k import Mnist5k
from reglab.distributions.moons import Moons
from reglab.distributions.own import OwnDistribution
from reglab.distributions.planar import Planar
from reglab.distributions.population import FinitePopulation
from reglab.distributions.protocol import is_squared, loss_of, with_numbers
from reglab.distributions.registry import register
from reglab.distributions.shift import SHIFTS, ShiftErrors, shift_errors, shifted
from reglab.distributions.shift_base import Shifted
from reglab.distributions.spiral import Spiral
from reglab.distributions.squared import squared_error
from reglab.distributions.tables import csv
from reglab.distributions.weighted import weighted_error
from reglab.distributions.xor import Xor
from reglab.words import say

OWN: dict[str, Callable[..., OwnData]] = {"arrays": arrays, "csv": csv, "idx": idx}

for _name, _kind in {
    "gauss": Gauss,
    "xor": Xor,
    "circle": Circle,
    "spiral": Spiral,
    "moons": Moons,
    "digits": Digits,
    "mnist5k": Mnist5k,
    "mnist1d": Mnist1d,
    "mnist1d_frozen": Mnist1dFrozen,
    "mnist1d_shuffled": Mnist1dShuffled,
    "gaussian_linear": GaussianLinear,
}.items():
    register(_name, _kind)

AnyDistribution = Distribution | OwnDistribution | Shifted  # as ``adapted`` returns it

__all__ = [
    "NO_ANSWER",
    "OWN",
    "REGISTRY",
    "SAMPLED",
    "SHIFTS",
    "AnyDistribution",
    "Circle",
    "Digits",
    "Distribution",
    "ErrorEstimate",
    "Examples",
    "FinitePopulation",
    "Gauss",
    "GaussianLinear",
    "HeldOut",
    "Mnist1d",
    "Mnist1dFrozen",
    "Mnist1dShuffled",
    "Mnist5k",
    "Moons",
    "OwnData",
    "OwnDistribution",
    "Planar",
    "Sample",
    "ShiftErrors",
    "Spiral",
    "Xor",
    "adapted",
    "answers_of",
    "arrays",
    "binomial_bounds",
    "check",
    "clopper_pearson",
    "csv",
    "get",
    "guarded",
    "idx",
    "is_squared",
    "is_users",
    "loss_of",
    "names",
    "pytree",
    "register",
    "sampled_error",
    "shift_errors",
    "shifted",
    "squared_error",
    "true_error_from",
    "weighted_error",
    "with_numbers",
]


def names() -> tuple[str, ...]:
    """The registered names.

    >>> "moons" in names()
    True
    """
    return tuple(REGISTRY)


def get(name: str, **numbers: object) -> Distribution:
    """The distribution of that name, with its numbers (``noise``, ``label_noise``) if given.

    Data of one's own, ``arrays``, ``csv`` and ``idx``, take what the functions of these names take.

    Raises:
        ValueError: an unknown name, an unknown number, or one out of its range.

    >>> get("xor", noise=0.1)
    Xor(label_noise=0.0, noise=0.1)
    """
    if name in OWN:
        return _own(name, numbers)
    kind = REGISTRY[check_name("distribution", name, (*names(), *OWN))]
    for number in numbers:
        check_name(say("number of {name}", name=name), number, tuple(kind.ranges))
    return kind(**numbers)


def _own(name: str, arguments: dict[str, Any]) -> OwnData:
    make = OWN[name]
    try:
        inspect.signature(make).bind(**arguments)
    except TypeError as error:
        raise ValueError(
            say("{name}: expected the arguments of {name}(), got {got}", name=name, got=error)
        ) from None
    return make(**arguments)
