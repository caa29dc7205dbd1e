"""Which runs count as diverged, and which only look bad for a while."""

import numpy as np
import pytest

from reglab import Experiment, LinearConfig, fit
from reglab.training.divergence import LOSS_FOR_LONG, diverged_at


@pytest.mark.parametrize(
    ("train_loss", "row"),
    [
        ([], None),
        ([0.7, 0.5, 0.3], None),
        ([0.7, np.inf, 0.3], 1),
        ([np.nan, 0.7], 0),
        ([0.7, 99.0, 0.3], None),
        ([0.7, 100.0, 0.3], 1),
        ([0.1] * 20 + [40.0, 20.0, 10.0, 5.0, 2.0] + [1.0] * 20, None),  # labels moved: it recovers
        ([0.5] * 20 + [24.0, 5.0, 17.0, 31.0, 9.0] * 4, 25),
        ([10.0] * 9, None),
        ([10.0] * 10, 9),
    ],
)
def test_the_row_where_it_diverged(train_loss, row):
    assert diverged_at(np.array(train_loss, np.float32)) == row


@pytest.mark.slow
def test_far_too_large_a_learning_rate_is_caught_also_where_all_units_die():
    """Of these runs some blow up at once; in others the output biases swing between the batches."""
    for seed in range(12):
        change = 60 * (seed % 3), "learning_rate", 100.0
        run = fit(Experiment(optimizer="sgd", seed=seed, num_steps=600, changes=(change,)))
        assert run.diverged
        assert np.isfinite(run.history.train_loss).all()
        assert run.history.step[-1] >= change[0]


def test_labels_that_move_under_a_sure_network_are_no_divergence():
    """The first step of these overshoots to great weights, of which noise makes a great loss.

    They are linear: nothing amplifies round-off, which differs between machines and versions.
    """
    changes = (60, "label_noise", 0.5), (60, "learning_rate", 0.5)
    experiment = Experiment(
        "gauss", model=LinearConfig(), optimizer="sgd", num_steps=180, changes=changes
    ).replace(learning_rate=5.0, noise=0.0, label_noise=0.0)
    for seed in (1, 2, 3):
        run = fit(experiment.replace(seed=seed))
        assert run.history.train_loss.max() > 2 * LOSS_FOR_LONG
        assert not run.diverged
