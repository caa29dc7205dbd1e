"""Checkpoints of PyTorch, Keras and scikit-learn, trained on flipped labels and audited."""

import jax
import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from reglab import Verdict, audit, explain

pytestmark = [pytest.mark.peers, pytest.mark.usefixtures("one_thread")]

NUM_TRAIN, NUM_TEST, FLIPPED = 100, 10_000, 0.2
WIDTH, RATE = 200, 0.01
EPOCHS = (1, 10, 40, 200, 800)  # after which a checkpoint is kept


@pytest.fixture
def one_thread():
    """On a busy machine, the threads of a library wait for each other at every small step."""
    import torch

    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(num_threads)


def flipped_moons(num, seed):
    """Inputs ``(num, 2)`` float32 and classes, a share of them flipped."""
    x, y = make_moons(num, noise=0.2, random_state=seed)
    is_flipped = np.random.default_rng(seed).random(num) < FLIPPED
    return x.astype(np.float32), np.where(is_flipped, 1 - y, y)


TRAIN, TEST = flipped_moons(NUM_TRAIN, 0), flipped_moons(NUM_TEST, 1)


def judged(checkpoints):
    """Audits pairs of predictions and asserts what such a training is known for.

    The last checkpoint has learnt flipped labels by heart, and an earlier one is its witness.
    """
    found = audit(
        [train for train, _ in checkpoints], TRAIN[1], [test for _, test in checkpoints], TEST[1]
    )
    last, witness = len(EPOCHS) - 1, found.witness[-1]
    assert found.train_error[last] < 0.1
    assert found.verdict[last] == Verdict.OVERFITS
    assert 0 <= witness < last
    assert found.train_error[witness] > found.train_error[last]
    assert found.test_error[witness] < found.test_error[last] - 0.02
    assert found.severity[last] > 0.02
    assert found.low[witness] > FLIPPED - 0.02  # nobody predicts a flipped label
    assert f"h (checkpoint {last}) overfits: h′ (checkpoint {witness})" in explain(found, last)
    return found


def kept(train_one_epoch, predict):
    """Predictions of each checkpoint on the training and the test inputs."""
    checkpoints = []
    for epoch in range(1, EPOCHS[-1] + 1):
        train_one_epoch()
        if epoch in EPOCHS:
            checkpoints.append((predict(TRAIN[0]), predict(TEST[0])))
    return checkpoints


def test_scikit_learn_in_words():
    names = np.array(["lower", "upper"])
    model = MLPClassifier((WIDTH, WIDTH), learning_rate_init=RATE, random_state=0)
    x, y = TRAIN[0], names[TRAIN[1]]
    checkpoints = kept(lambda: model.partial_fit(x, y, classes=names), model.predict)
    train, test = (list(part) for part in zip(*checkpoints, strict=True))
    found = audit(train, y, test, names[TEST[1]])
    numbers = [tuple((part == "upper").astype(int) for part in pair) for pair in checkpoints]
    for column, same in zip(found, judged(numbers), strict=True):
        np.testing.assert_array_equal(column, same)


def test_pytorch_tensors():
    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(2, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    x, y = (torch.tensor(part) for part in TRAIN)

    def train_one_epoch():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    def scores(inputs):
        with torch.no_grad():
            return model(torch.tensor(inputs))

    checkpoints = kept(train_one_epoch, scores)
    found = judged(checkpoints)
    stacked = [torch.stack(part) for part in zip(*checkpoints, strict=True)]
    labels = [torch.tensor(part[1]) for part in (TRAIN, TEST)]
    again = audit(stacked[0], labels[0], stacked[1].argmax(dim=2), labels[1])
    for column, same in zip(again, found, strict=True):
        np.testing.assert_array_equal(column, same)
    with pytest.raises(ValueError, match=r"^train_predictions: expected an array, got Tensor: .*"):
        audit(model(x)[None], labels[0], stacked[1][:1], labels[1])


@pytest.fixture
def keras(monkeypatch, tmp_path):
    """Keras on JAX, which adds biases as NumPy does; it writes a file into its home."""
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with jax.numpy_rank_promotion("allow"):
        yield pytest.importorskip("keras")


def test_keras_probabilities(keras):
    assert keras.backend.backend() == "jax"
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense
    model = keras.Sequential(
        [layer(WIDTH, "relu"), layer(WIDTH, "relu"), layer(2, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    checkpoints, before = [], 0
    for epoch in EPOCHS:
        model.fit(*TRAIN, batch_size=NUM_TRAIN, epochs=epoch, initial_epoch=before, verbose=0)
        before = epoch
        checkpoints.append([model.predict(x, verbose=0, batch_size=2000) for x, _ in (TRAIN, TEST)])
    judged(checkpoints)
