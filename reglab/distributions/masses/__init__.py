"""Masses of boxes of the plane for each class, from below: bounds that are proved, in float64.

Each function takes corners ``low`` and ``high``, ``(n, 2)``, and the numbers of a distribution, and
returns ``(n, 2)``: for each box and class a number that p(x in the box, y) does not fall short of,
without label noise. As all mass is 1, what the boxes of a partition miss of it bounds what is not
proved. Rounding is taken off, NumPy's elementary functions being trusted to 4 units in the last
place.
"""

from reglab.distributions.masses.circle import circle_masses
from reglab.distributions.masses.gauss import gauss_masses
from reglab.distributions.masses.moons import moons_masses
from reglab.distributions.masses.spiral import spiral_masses
from reglab.distributions.masses.xor import xor_masses

__all__ = ["circle_masses", "gauss_masses", "moons_masses", "spiral_masses", "xor_masses"]
