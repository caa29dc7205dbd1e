"""Hidden layers whose units are gated by others."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import jax
from flax import nnx

from reglab.config import ModelConfig
from reglab.nn import Classifier, Dropout, register
from reglab.nn.base import flatten


@dataclass(frozen=True)
class GatedConfig(ModelConfig):
    gates: tuple[int, ...] = (8,)


class Gated(Classifier):
    config = GatedConfig
    arguments = ("in_features", "gates", "out_features")
    made_of = (nnx.Linear, nnx.List, Dropout)
    title = "gated"
    offered: ClassVar = {"8": GatedConfig(), "8 · 4": GatedConfig((8, 4))}
    in_populations: ClassVar = {"gated 8": GatedConfig()}

    def __init__(self, in_features, gates, out_features, *, dropout_rate=0.0, rngs):
        self.in_features, self.gates, self.out_features = in_features, tuple(gates), out_features
        sizes = in_features, *self.gates
        pairs = list(pairwise(sizes))
        self.values = nnx.List(nnx.Linear(*pair, rngs=rngs) for pair in pairs)
        self.gaters = nnx.List(nnx.Linear(*pair, rngs=rngs) for pair in pairs)
        self.dropouts = nnx.List(Dropout(dropout_rate) for _ in pairs)
        self.last = nnx.Linear(sizes[-1], out_features, rngs=rngs)

    @classmethod
    def from_config(cls, config, input_shape, num_classes, **options):
        return cls(math.prod(input_shape), config.gates, num_classes, **options)

    def __call__(self, x, *, rngs=None):
        x = flatten(x, self.in_features)
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        for value, gater, dropout in zip(self.values, self.gaters, self.dropouts, strict=True):
            x = dropout(value(x) * jax.nn.sigmoid(gater(x)), rngs=rngs)
        return self.last(x)


register("gated", Gated)
