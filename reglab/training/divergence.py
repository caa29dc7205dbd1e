"""When training has left every reasonable range."""

import numpy as np

LOSS = 100.0  # nats; no cross-entropy of a network that still learns is near it
LOSS_FOR_LONG = 10.0  # nats; labels moved under a sure network cost more, but not for long
LONG = 10  # rows


def diverged_at(train_loss: np.ndarray) -> int | None:
    """The first row at which a run counts as diverged, or None.

    That is where the loss is no number or 100 nats, or where its mean over ten rows is 10 nats: a
    learning rate far too large may kill all hidden units, and the biases then swing for ever.

    Args:
        train_loss: of all rows so far, nats.

    >>> diverged_at(np.array([0.7, 0.5, np.nan])), diverged_at(np.full(20, 24.0))
    (2, 9)
    >>> diverged_at(np.array([0.7, 40.0, 0.5]))
    """
    bad = ~(train_loss < LOSS)
    sums = np.cumsum(np.concatenate([[0.0], np.where(bad, LOSS, train_loss)]))
    bad[LONG - 1 :] |= sums[LONG:] - sums[:-LONG] >= LONG * LOSS_FOR_LONG
    return int(bad.argmax()) if bad.any() else None
