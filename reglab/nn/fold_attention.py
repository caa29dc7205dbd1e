"""Folding within attention, where it is always exact."""

from typing import Any

from reglab.nn.fold_dense import affine, enter, fold_mlp, leave, leaving, weights, write


def fold_attention(model: Any, plain: Any) -> None:
    """Writes into ``plain`` what the ``AttentionClassifier`` ``model`` computes at inference."""
    write(plain.embed, *weights(model.embed))
    if model.position is not None:
        plain.position.set_value(model.position[...])
    for block, target in zip(model.layers, plain.layers, strict=True):
        entering = None if block.norm is None else affine(block.norm)
        for name in ("query", "key", "value"):
            write(getattr(target, name), *enter(*weights(getattr(block, name)), entering))
        factor = leaving(None, block.dropout)
        kernel, bias = weights(block.output)
        write(target.output, *(leave(kernel, bias, factor) if factor else (kernel, bias)))
        if block.mlp is not None:
            fold_mlp(block.mlp, target.mlp)
    fold_mlp(model.head, plain.head)
