import jax
import numpy as np
import pytest

from reglab.training.state import streams
from reglab.training.step import epoch_length, shuffled


@pytest.mark.parametrize(
    ("num_train", "batch_size", "steps"), [(60, 20, 3), (61, 20, 4), (5, 20, 1)]
)
def test_epoch_length(num_train, batch_size, steps):
    assert epoch_length(num_train, batch_size) == steps


@pytest.mark.parametrize("num_train", [1, 7, 50])
def test_shuffled_permutes_the_training_examples(num_train):
    orders = [
        np.asarray(shuffled(jax.random.fold_in(streams(0).order, epoch), 50, num_train))[:num_train]
        for epoch in range(5)
    ]
    for order in orders:
        assert sorted(order) == list(range(num_train))
    if num_train > 1:
        assert any((order != orders[0]).any() for order in orders)


def test_streams_differ_by_seed_and_purpose():
    keys = [key for seed in (0, 1) for key in streams(seed)]
    assert len({tuple(np.asarray(jax.random.key_data(key)).tolist()) for key in keys}) == 6
