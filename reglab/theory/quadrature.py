"""True errors that the package takes by quadrature, as measurements."""

from collections.abc import Callable

import jax
from scipy.special import stdtrit

from reglab.distributions import AnyDistribution
from reglab.distributions.estimate import NUM_SHIFTS, STUDENT_T
from reglab.theory.rows import LEVEL, Measured, between


def true_error_of(distribution: AnyDistribution, predict: Callable, key: jax.Array) -> Measured:
    """The true error of ``predict``, its interval taken from 95 % to 99.99 % by Student's t.

    Args:
        distribution: one whose errors are taken by quadrature.
        predict: maps ``(n, *input_shape)`` to class scores ``(n, num_classes)``.
        key: of the shifts of the quadrature.
    """
    value, low, high, *_ = distribution.true_error(predict, key=key)
    wider = stdtrit(NUM_SHIFTS - 1, 1 - LEVEL / 2) / STUDENT_T
    return between(value, value - wider * (value - low), value + wider * (high - value))
