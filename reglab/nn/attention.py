"""A classifier by self-attention over the positions of a sequence or the patches of an image."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.typing import ArrayLike, DTypeLike

from reglab.config import POSITIONS, AttentionConfig, check_name
from reglab.nn.attention_block import Attention, AttentionBlock
from reglab.nn.base import Classifier, Offer, check_size, flatten
from reglab.nn.dropout import KeySource
from reglab.nn.fold_attention import fold_attention
from reglab.nn.initializers import lecun_normal
from reglab.nn.mlp import MLP
from reglab.nn.shapes import channels_last
from reglab.precision import asked_precision
from reglab.words import say

MOST_TOKENS = 16  # where the patch is left to us


class AttentionClassifier(Classifier):
    """Tokens, blocks of self-attention, the mean over tokens, and an MLP.

    A token is ``patch`` neighbouring positions of a sequence, or ``patch`` x ``patch`` of an image,
    with all their channels. Without positions the scores do not depend on the order of the tokens.

    Args:
        input_shape: of an example: ``(L,)`` or ``(H, W)`` with one channel, ``(H, W, C)``, or
            ``(L, C)`` with ``spatial_axes=1``.
        features: entries of a token inside the network; a multiple of ``num_heads``.
        out_features: number of classes.
        num_heads: how many attention maps a layer has.
        num_layers: number of :class:`reglab.nn.AttentionBlock`.
        patch: positions of a token along each axis; divides each.
        positions: what is added to the tokens: a ``"learned"`` vector for each, ``"sinusoidal"``
            ones, or ``"none"``.
        feed_forward: hidden units of the MLP that follows the attention at every token; 0 leaves
            that MLP out.
        widths: units of each hidden layer of the MLP behind the mean.
        spatial_axes: 1 for sequences, 2 for images; by default as many as ``input_shape`` has, at
            most 2.
        activation, dropout_rate, dropout_scaling, batch_norm, order, dtype, param_dtype: as for
            :class:`reglab.nn.MLP`. Batch norm is also in front of each attention, over examples
            and tokens; dropout also behind it.
        residual: whether attention and feed-forward MLP add to the tokens or replace them.
        rngs: source of the initial weights, stream ``params``.

    Attributes:
        embed: ``nnx.Linear`` from the entries of a patch to ``features``.
        position: the learned vectors ``(tokens, features)``, or None.
        layers: the blocks.
        head: the MLP behind the mean.
        num_tokens: how many tokens an example has.

    Raises:
        ValueError: one line that says what was expected and what came.

    References:
        Vaswani et al., Attention is all you need, 2017.

    >>> model = AttentionClassifier((28, 28), 16, 10, num_heads=2, patch=7, rngs=nnx.Rngs(0))
    >>> predict = nnx.view(model, deterministic=True, use_running_average=True)
    >>> predict(jnp.ones((5, 28, 28))).shape
    (5, 10)
    >>> predict.attend(jnp.ones((5, 28, 28))).weights.shape
    (5, 2, 16, 16)
    """

    config = AttentionConfig
    arguments = (
        *("input_shape", "features", "out_features", "num_heads", "num_layers", "patch"),
        *("positions", "feed_forward", "widths", "spatial_axes", "residual"),
        *("activation", "dtype", "param_dtype"),
    )
    made_of = (*MLP.made_of, MLP, AttentionBlock)
    title = say("attention")
    offered: ClassVar[Offer] = {
        say("1 layer"): AttentionConfig(),
        say("2 layers"): AttentionConfig(num_layers=2),
        say("2 layers, 4 heads of 16"): AttentionConfig(num_layers=2, num_heads=4, features=64),
    }
    is_slow_to_judge = True

    def __init__(
        self,
        input_shape: Sequence[int],
        features: int,
        out_features: int,
        *,
        num_heads: int = 1,
        num_layers: int = 1,
        patch: int = 1,
        positions: str = "learned",
        feed_forward: int = 64,
        widths: Sequence[int] = (),
        spatial_axes: int | None = None,
        activation: str = "relu",
        dropout_rate: float | jax.Array = 0.0,
        dropout_scaling: str = "inverted",
        batch_norm: bool = False,
        order: str = "before",
        residual: bool = True,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.input_shape = channels_last(input_shape, spatial_axes)
        self.spatial_axes = len(self.input_shape) - 1
        self.features = check_size("features", features)
        self.patch = check_size("patch", patch)
        self.positions = check_name("positions", positions, POSITIONS)
        axes = self.input_shape[:-1]
        if any(size % self.patch for size in axes):
            raise ValueError(
                say("patch: expected a divisor of {axes}, got {got}", axes=axes, got=patch)
            )
        self.num_tokens = math.prod(size // self.patch for size in axes)
        entries = self.patch ** len(axes) * self.input_shape[-1]
        options = {
            "activation": activation,
            "dropout_rate": dropout_rate,
            "dropout_scaling": dropout_scaling,
            "batch_norm": batch_norm,
            "order": order,
            "dtype": dtype,
            "param_dtype": param_dtype,
        }
        self._make_tokens(entries, dtype, param_dtype, nnx.Rngs(params=rngs.params()))
        self.layers = nnx.List(
            AttentionBlock(
                self.features,
                num_heads=num_heads,
                feed_forward=feed_forward,
                residual=residual,
                rngs=nnx.Rngs(params=rngs.params()),
                **options,
            )
            for _ in range(check_size("num_layers", num_layers))
        )
        self.head = MLP(self.features, widths, out_features, rngs=rngs, **options)
        self.num_heads, self.num_layers = self.layers[0].num_heads, len(self.layers)
        self.feed_forward, self.residual = self.layers[0].feed_forward, bool(residual)
        self.widths, self.out_features = self.head.widths, self.head.out_features
        self.activation, self.order = self.head.activation, self.head.order
        self.batch_norm = self.head.batch_norm
        self.dtype, self.param_dtype = dtype, param_dtype

    def _make_tokens(
        self, entries: int, dtype: DTypeLike | None, param_dtype: DTypeLike, rngs: nnx.Rngs
    ) -> None:
        self.embed = nnx.Linear(
            entries,
            self.features,
            kernel_init=lecun_normal,
            dtype=dtype,
            param_dtype=param_dtype,
            rngs=rngs,
        )
        self.position = nnx.data(None)
        if self.positions == "learned":
            row = jax.random.normal(rngs.params(), (self.num_tokens * self.features,), param_dtype)
            # A fiftieth of the scale of the tokens, so that what they hold comes first.
            self.position = nnx.Param(0.02 * row.reshape(self.num_tokens, self.features))

    @classmethod
    def from_config(
        cls, config: Any, input_shape: Sequence[int], num_classes: int, **options: Any
    ) -> "AttentionClassifier":
        """The classifier of inputs of a shape; patch 0 stands for one that suits it."""
        options |= vars(config)
        options["patch"] = config.patch or _patch(channels_last(input_shape)[:-1])
        return cls(input_shape, out_features=num_classes, **options)

    def fold_into(self, plain: nnx.Module) -> None:
        """Writes into ``plain`` what this classifier computes at inference."""
        fold_attention(self, plain)

    @asked_precision
    def __call__(self, x: ArrayLike, *, rngs: KeySource | None = None) -> jax.Array:
        """Scores ``(n, out_features)`` of inputs ``(n, *input_shape)``.

        Args:
            x: inputs; other shapes with as many entries an example are reshaped.
            rngs: source of the dropout masks, needed while training: a key, ``nnx.Rngs``, a stream
                or :class:`reglab.nn.Draws`; every layer draws its own mask.

        Raises:
            ValueError: if an example has another number of entries.
        """
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        tokens = self.tokens(x)
        for layer in self.layers:
            tokens = layer(tokens, rngs=rngs)
        return self.head(jnp.mean(tokens, axis=1), rngs=rngs)

    @asked_precision
    def attend(self, x: ArrayLike, layer: int = -1, *, rngs: KeySource | None = None) -> Attention:
        """Queries, keys, values and attention maps of one layer, for inputs as above.

        Args:
            x: inputs ``(n, *input_shape)``.
            layer: from 0; negative ones count from the last.
            rngs: as for a call.

        Raises:
            ValueError: if there is no such layer.
        """
        count = len(self.layers)
        if not -count <= layer < count:
            raise ValueError(
                say(
                    "layer: expected from {lowest} to {highest}, got {got}",
                    lowest=-count,
                    highest=count - 1,
                    got=layer,
                )
            )
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        tokens = self.tokens(x)
        for block in list(self.layers)[: layer % count]:
            tokens = block(tokens, rngs=rngs)
        return self.layers[layer % count].attend(tokens)

    @asked_precision
    def tokens(self, x: ArrayLike) -> jax.Array:
        """What enters the first layer: embedded patches, row by row, ``(n, tokens, features)``.

        Raises:
            ValueError: if an example has another number of entries.
        """
        *axes, channels = self.input_shape
        x = flatten(x, math.prod(self.input_shape))
        n, p = x.shape[0], self.patch
        if len(axes) == 2:
            height, width = axes
            x = x.reshape(n, height // p, p, width // p, p, channels).swapaxes(2, 3)
        tokens = self.embed(x.reshape(n, self.num_tokens, self.embed.in_features))
        if self.position is not None:
            tokens = tokens + self.position[...][None].astype(tokens.dtype)
        elif self.positions == "sinusoidal":
            table = sinusoids(self.num_tokens, self.features)
            tokens = tokens + jnp.asarray(table, tokens.dtype)[None]
        return tokens


def sinusoids(num_tokens: int, features: int) -> np.ndarray:
    """Sines (even columns) and cosines (odd) of token numbers, ``(num_tokens, features)``.

    Wavelengths grow from 2 pi by a factor of up to 10,000, as in the paper.

    >>> sinusoids(2, 3).round(2).tolist()
    [[0.0, 1.0, 0.0], [0.84, 0.54, 0.0]]
    """
    column = np.arange(features)
    angle = np.arange(num_tokens)[:, None] / 10_000.0 ** (2 * (column // 2) / features)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))


def _patch(axes: tuple[int, ...]) -> int:
    """The smallest patch that leaves at most ``MOST_TOKENS`` tokens; 1 where no divisor does."""
    for patch in range(1, min(axes) + 1):
        tokens = math.prod(size // patch for size in axes)
        if tokens <= MOST_TOKENS and all(size % patch == 0 for size in axes):
            return patch
    return 1
