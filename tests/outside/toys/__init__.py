"""A package elsewhere: one of each family, joined by one call."""

from .claim import CLAIM
from .distribution import Stripe
from .gap import PICTURE
from .model import Gated, GatedConfig
from .preset import PRESET

__all__ = ["CLAIM", "PICTURE", "PRESET", "Gated", "GatedConfig", "Stripe"]
