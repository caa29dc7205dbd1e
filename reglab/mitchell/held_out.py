"""Runs on data of which nobody knows the distribution: judged as checkpoints from elsewhere are."""

from collections.abc import Sequence
from typing import cast

import jax
import numpy as np

from reglab.distributions import HeldOut
from reglab.mitchell.audit import Audit, audit_mistakes, seed_of
from reglab.training import RunLike, predictions_on

LABELS = 0  # seed of the held-out labels that label noise flips


def audited(runs: Sequence[RunLike], addresses: np.ndarray) -> Audit:
    """The audit of a pool of runs on one :class:`reglab.distributions.HeldOut`.

    Paired tests tell hypotheses apart whose intervals overlap: both were judged on the same
    examples, and most of these both get right, or both wrong. Scores that are not finite are no
    answer, which is a mistake.

    Args:
        runs: at least one.
        addresses: ``(m, 2)``, run and row of each hypothesis, as ``pool_of`` gives them.
    """
    data, experiment = cast(HeldOut, runs[0].distribution), runs[0].experiment
    count = experiment.hyper_at(int(runs[0].history.step[-1])).num_train
    train = data.sample(jax.random.key(experiment.draw), count)
    test = data.test_sample(jax.random.key(LABELS))
    wrong = [
        np.concatenate(
            [
                predictions_on(run.hypotheses, addresses[addresses[:, 0] == i, 1], part.x)
                for i, run in enumerate(runs)
                if (addresses[:, 0] == i).any()
            ]
        )
        != np.asarray(part.y)
        for part in (train, test)
    ]
    return audit_mistakes(*wrong, seed=seed_of(np.asarray(test.y)))
