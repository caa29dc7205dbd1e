"""Modules as users write them: stock layers and home-made ones, in every style that Flax has."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

FLAT, IMAGE, SEQUENCE = (4,), (6, 6, 2), (5, 3)


class Case(NamedTuple):
    """A factory for inputs of a shape, and how close to a plain loop its training stays."""

    factory: object
    input_shape: tuple = FLAT
    is_slow: bool = True


class Net(nnx.Module):
    """The plainest one: nothing but inputs."""

    def __init__(self, rngs):
        self.a, self.b = nnx.Linear(4, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)

    def __call__(self, x):
        return self.b(nnx.relu(self.a(x)))


class Normed(nnx.Module):
    """A norm layer between two others; batch norm is told its mode by views alone."""

    def __init__(self, norm, *, rngs):
        self.a, self.n, self.b = (
            nnx.Linear(4, 8, rngs=rngs),
            norm(rngs),
            nnx.Linear(8, 2, rngs=rngs),
        )

    def __call__(self, x):
        return self.b(jnp.tanh(self.n(self.a(x))))


class Convolutions(nnx.Module):
    def __init__(self, rngs, norm=None):
        self.c = nnx.Conv(2, 4, (3, 3), rngs=rngs)
        self.n = None if norm is None else norm(rngs)
        self.t = nnx.ConvTranspose(4, 3, (2, 2), strides=(2, 2), rngs=rngs)
        self.b = nnx.Linear(3, 2, rngs=rngs)

    def __call__(self, x):
        y = self.c(x)
        y = nnx.avg_pool(nnx.gelu(y if self.n is None else self.n(y)), (2, 2), (2, 2))
        return self.b(self.t(y).mean((1, 2)))


class Attention(nnx.Module):
    """Stock attention with dropout of its own, positions that are learned, and a mode keyword."""

    def __init__(self, rngs):
        self.e, self.b = nnx.Linear(3, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
        self.pos_embedding = nnx.Param(0.1 * jax.random.normal(rngs.params(), (5, 8)))
        self.m = nnx.MultiHeadAttention(2, 8, dropout_rate=0.2, decode=False, rngs=rngs)
        self.n = nnx.LayerNorm(8, rngs=rngs)

    def __call__(self, x, deterministic=False, rngs=None):
        y = self.e(x) + self.pos_embedding[...][None]
        y = y + self.m(self.n(y), deterministic=deterministic, rngs=rngs)
        return self.b(y.mean(1))


class Recurrent(nnx.Module):
    def __init__(self, cell, rngs):
        self.r, self.b = nnx.RNN(cell(3, 6, rngs=rngs), rngs=rngs), nnx.Linear(6, 2, rngs=rngs)

    def __call__(self, x, rngs=None):
        return self.b(self.r(x, rngs=rngs)[:, -1])


class Shared(nnx.Module):
    """One layer used twice, under two names."""

    def __init__(self, rngs):
        self.a, self.b = nnx.Linear(4, 4, rngs=rngs), nnx.Linear(4, 2, rngs=rngs)
        self.again = self.a

    def __call__(self, x):
        return self.b(jnp.tanh(self.again(jnp.tanh(self.a(x)))))


class Stored(nnx.Module):
    """Streams of its own, as Flax's guide has it."""

    def __init__(self, rngs):
        self.a, self.b = nnx.Linear(4, 16, rngs=rngs), nnx.Linear(16, 2, rngs=rngs)
        self.d, self.e = nnx.Dropout(0.5, rngs=rngs), nnx.Dropout(0.2, rngs=rngs)

    def __call__(self, x):
        return self.b(self.d(jnp.tanh(self.a(self.e(x)))))


class Handed(Stored):
    """The same streams, but the call brings others."""

    def __call__(self, x, *, rngs=None):
        return self.b(self.d(jnp.tanh(self.a(x)), rngs=rngs))


class TrainKeyword(nnx.Module):
    """A mode of the call, without a default."""

    def __init__(self, rngs):
        self.a, self.b = nnx.Linear(4, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
        self.n, self.d = nnx.BatchNorm(8, rngs=rngs), nnx.Dropout(0.3, rngs=rngs)

    def __call__(self, x, train):
        y = self.n(self.a(x), use_running_average=not train)
        return self.b(self.d(jnp.tanh(y), deterministic=not train))


class DropPath(nnx.Module):
    """A layer with the attribute that train() and eval() switch, and no view."""

    def __init__(self, rate):
        self.rate, self.deterministic = rate, True

    def __call__(self, x, rngs):
        if self.deterministic:
            return x
        kept = jax.random.bernoulli(rngs.dropout(), 1 - self.rate, (len(x), 1))
        return jnp.where(kept, x / (1 - self.rate), 0)


class ModeAttribute(Net):
    def __init__(self, rngs):
        super().__init__(rngs)
        self.d = DropPath(0.3)

    def __call__(self, x, rngs):
        return self.b(self.d(nnx.relu(self.a(x)), rngs))


class Moving(nnx.Variable):
    """Running statistics of a kind of the user's."""


class OwnStatistics(nnx.Module):
    def __init__(self, num_features, kind):
        self.mean, self.var = kind(jnp.zeros((1, num_features))), kind(jnp.ones((1, num_features)))
        self.use_running_average = False

    def __call__(self, x):
        mean, var = self.mean[...], self.var[...]
        if not self.use_running_average:
            mean, var = x.mean(0, keepdims=True), x.var(0, keepdims=True)
            self.mean[...] = 0.9 * self.mean[...] + 0.1 * mean
            self.var[...] = 0.9 * self.var[...] + 0.1 * var
        return (x - mean) / jnp.sqrt(var + 1e-5)


class Steps(nnx.Variable):
    """A whole number that each step raises."""


class Counting(Net):
    """Counts its steps and warms up by them; also writes down what it saw."""

    def __init__(self, rngs):
        super().__init__(rngs)
        self.steps, self.frozen = Steps(jnp.int32(0)), nnx.Param(jnp.int32(3))
        self.deterministic = True

    def __call__(self, x):
        if not self.deterministic:
            self.steps[...] = self.steps[...] + 1
        return super().__call__(x) * jnp.minimum(self.steps[...], 10) * self.frozen[...] / 30


class Noisy(Net):
    """Streams of other names, drawn from only where the call brings some."""

    def __call__(self, x, rngs=None):
        if rngs is not None:
            x = x + 0.1 * jax.random.normal(rngs.noise(), x.shape)
            x = x * jax.random.uniform(rngs(), x.shape)
        return super().__call__(x)


class Block(nnx.Module):
    def __init__(self, rngs):
        self.a, self.d = nnx.Linear(4, 4, rngs=rngs), nnx.Dropout(0.2, rngs=rngs)

    def __call__(self, x):
        return x + self.d(jnp.tanh(self.a(x)))


class Stacked(nnx.Module):
    """Three blocks, stacked and scanned: every parameter has an axis more."""

    def __init__(self, rngs):
        self.blocks = nnx.split_rngs(splits=3)(nnx.vmap(Block, in_axes=0, out_axes=0))(rngs)
        self.b = nnx.Linear(4, 2, rngs=rngs)

    def __call__(self, x):
        def step(x, block):
            return block(x)

        return self.b(nnx.scan(step, in_axes=(nnx.Carry, 0), out_axes=nnx.Carry)(x, self.blocks))


class Einsum(nnx.Module):
    def __init__(self, rngs):
        self.e = nnx.Einsum("nf,fgh->ngh", (4, 2, 3), (2, 3), rngs=rngs)
        self.g = nnx.LinearGeneral((2, 3), 2, axis=(1, 2), rngs=rngs)

    def __call__(self, x):
        return self.g(nnx.silu(self.e(x)))


class Typed(nnx.Module):
    """Parameters of 16 bits."""

    def __init__(self, kind, *, rngs):
        types = {"param_dtype": kind, "dtype": kind, "rngs": rngs}
        self.a, self.b = nnx.Linear(4, 8, **types), nnx.Linear(8, 2, **types)

    def __call__(self, x):
        return self.b(jnp.tanh(self.a(x)))


class Mixed(Typed):
    """Parameters of two types."""

    def __init__(self, *, rngs):
        super().__init__(jnp.bfloat16, rngs=rngs)
        self.b = nnx.Linear(8, 2, rngs=rngs)


def sequential(rngs):
    hidden, out = nnx.Linear(4, 16, rngs=rngs), nnx.Linear(16, 2, rngs=rngs)
    return nnx.Sequential(hidden, lambda x: nnx.relu(x), nnx.Dropout(0.5), out)


NORMS = {
    "batch norm": lambda rngs: nnx.BatchNorm(8, momentum=0.9, rngs=rngs),
    "layer norm": lambda rngs: nnx.LayerNorm(8, rngs=rngs),
    "RMS norm": lambda rngs: nnx.RMSNorm(8, rngs=rngs),
    "group norm": lambda rngs: nnx.GroupNorm(8, num_groups=2, rngs=rngs),
    "weight norm": lambda rngs: nnx.WeightNorm(nnx.Linear(8, 8, rngs=rngs), rngs=rngs),
    "own statistics": lambda rngs: OwnStatistics(8, Moving),
    "own batch statistics": lambda rngs: OwnStatistics(8, nnx.BatchStat),
}
CASES = {
    "linear": Case(lambda rngs: nnx.Linear(4, 2, rngs=rngs), is_slow=False),
    "plain": Case(Net, is_slow=False),
    "sequential": Case(sequential, is_slow=False),
    "stored streams": Case(Stored, is_slow=False),
    "streams handed over": Case(Handed),
    "a train keyword": Case(TrainKeyword, is_slow=False),
    "a mode attribute": Case(ModeAttribute, is_slow=False),
    "counting": Case(Counting, is_slow=False),
    "noise": Case(Noisy),
    "convolutions": Case(Convolutions, IMAGE),
    "instance norm": Case(
        partial(Convolutions, norm=lambda rngs: nnx.InstanceNorm(4, rngs=rngs)), IMAGE
    ),
    "attention": Case(Attention, SEQUENCE),
    "LSTM": Case(partial(Recurrent, nnx.LSTMCell), SEQUENCE),
    "GRU": Case(partial(Recurrent, nnx.GRUCell), SEQUENCE),
    "shared weights": Case(Shared),
    "stacked": Case(Stacked),
    "Einsum": Case(Einsum),
    "LoRA": Case(lambda rngs: nnx.LoRALinear(4, 2, lora_rank=2, rngs=rngs)),
    **{
        name: Case(
            lambda rngs, norm=norm: Normed(norm, rngs=rngs), is_slow=name != "own statistics"
        )
        for name, norm in NORMS.items()
    },
}
TYPED = {
    "bfloat16": partial(Typed, jnp.bfloat16),
    "float16": partial(Typed, jnp.float16),
    "mixed": Mixed,
}
