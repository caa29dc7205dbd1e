"""Round Gaussians: products of differences of the normal distribution function."""

import numpy as np

from reglab.distributions.masses.normal import ERROR, normal_cdf

CENTRE = 2.0  # of class 1 along both axes; class 0 is at -2
ROUNDING = 1 - 2.0**-50


def gauss_masses(low: np.ndarray, high: np.ndarray, variance: float) -> np.ndarray:
    """Of two Gaussians with this variance of each coordinate."""
    spread = variance**0.5
    # Rounding of (x - centre) / spread moves Phi by less than 2^-50 (|z| phi(z) is below 1/4).
    error = 2 * (ERROR + 2.0**-50)
    sides = [
        normal_cdf((high - centre) / spread) - normal_cdf((low - centre) / spread) - error
        for centre in (-CENTRE, CENTRE)
    ]
    return np.stack([np.maximum(side, 0).prod(axis=1) for side in sides], axis=1) / 2 * ROUNDING
