"""A package elsewhere: a distribution, a model, a claim and a preset, each joined by one call."""

from .claim import CLAIM
from .distribution import Stripe
from .model import Gated, GatedConfig
from .preset import PRESET

__all__ = ["CLAIM", "PRESET", "Gated", "GatedConfig", "Stripe"]
