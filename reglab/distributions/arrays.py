"""Own data out of arrays: checked, split, scaled."""

import numpy as np

from reglab.config import Range, check_number
from reglab.distributions.frames import check_together
from reglab.distributions.held_out import Examples, OwnData
from reglab.distributions.inputs import checked_kind, inputs
from reglab.distributions.labels import labels, numbered
from reglab.distributions.overlap import checked_overlap, num_shared, told_overlap
from reglab.distributions.scaling import Part, as_they_are, standardized
from reglab.words import say

LEAST = 2  # examples in each part


def arrays(
    x: object,
    y: object,
    *,
    test_x: object = None,
    test_y: object = None,
    test_share: float = 0.3,
    split: int = 0,
    standardize: bool = True,
    label_noise: float = 0.0,
    kind: str | None = None,
) -> OwnData:
    """One's own examples as a distribution known through held-out data alone.

    Everything is copied. Inputs are centred and scaled with 64 bits and then cast to float32.

    Args:
        x: inputs ``(n, *input_shape)``, numbers: rows of features, sequences, or images, whose
            channels come last. A frame of pandas or polars will do.
        y: classes ``(n,)``: whole numbers, booleans or text. Classes are put in order.
        test_x: inputs to hold out; where left out, a random share of ``x`` is.
        test_y: their classes.
        test_share: that share, above 0 and below 1.
        split: seed of the split, a whole number from 0.
        standardize: whether to bring inputs to mean 0 and standard deviation 1 over the training
            examples: rows of features feature by feature, anything else as a whole.
        label_noise: probability that a label becomes another class, in both parts.
        kind: what inputs ``(n, d)`` are: ``table`` (the default), whose columns have no order,
            so that nothing flips or moves them; ``sequence``; or ``plane`` for points.

    Warns:
        UserWarning: one line, where inputs held out are inputs to train on too.

    Raises:
        ValueError: one line, where the arrays are not that, hold missing values, or know one class.

    >>> data = arrays([[0.0], [1.0], [2.0], [3.0]], ["a", "b", "a", "b"], test_share=0.5)
    >>> data.num_train, data.num_test, data.examples.classes
    (2, 2, ('a', 'b'))
    """
    if (test_x is None) != (test_y is None):
        raise ValueError(say("test_x: expected both test_x and test_y, or neither"))
    check_together(x, y, test_x)
    x, y = _pair("x", x, "y", y)
    kind = checked_kind(kind, x.shape)
    rng = np.random.default_rng(check_number("split", split, Range(0, 2**32 - 1), integer=True))
    if test_x is None:
        share = Range(0, 1, open_low=True)
        count = round(len(x) * check_number("test_share", test_share, share))
        order = rng.permutation(len(x))
        parts = Part("x", x, order[count:]), Part("x", x, order[:count])
        y, test_y = y[order[count:]], y[order[:count]]
    else:
        held_out, test_y = _pair("test_x", test_x, "test_y", test_y)
        if held_out.shape[1:] != x.shape[1:]:
            raise ValueError(
                say(
                    "test_x: expected inputs of shape {shape} as in x, got {got}",
                    shape=x.shape[1:],
                    got=held_out.shape[1:],
                )
            )
        order = rng.permutation(len(held_out))
        parts = Part("x", x, np.arange(len(x))), Part("test_x", held_out, order)
        test_y = test_y[order]
    classes, y, test_y = numbered(y, test_y, is_apart=test_x is not None)
    if min(len(y), len(test_y)) < LEAST:
        raise ValueError(
            say(
                "x: expected at least {least} examples to train on and {least} to hold out, "
                "got {got} and {num_test}",
                least=LEAST,
                got=len(y),
                num_test=len(test_y),
            )
        )
    made = (standardized if standardize else as_they_are)(
        *parts, by_feature=kind in ("table", "plane")
    )
    count = num_shared(*made) if test_x is None else checked_overlap("test_x", *made)
    data = Examples(made[0], y, made[1], test_y, classes, count)
    return told_overlap(OwnData(data=data, label_noise=label_noise, input_kind=kind))


def _pair(name: str, x: object, other: str, y: object) -> tuple[np.ndarray, np.ndarray]:
    x, y = inputs(name, x), labels(other, y)
    if len(x) != len(y):
        raise ValueError(
            say(
                "{name}: expected {num_inputs} labels, one for each of {inputs}, got {got}",
                name=other,
                num_inputs=len(x),
                inputs=name,
                got=len(y),
            )
        )
    return x, y
