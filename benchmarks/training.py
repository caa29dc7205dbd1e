"""Training with an evaluation every epoch: reglab's ``fit`` against a plain Flax NNX loop.

    python benchmarks/training.py [--repeats 7] [--epochs 100]

On one core, in one process, the two in turn. MLP 2-64-64-2 with dropout and batch norm, 200
examples, batches of 25, Adam; after every epoch the error on the examples and on 10,000 points of
the distribution. The peer is written as Flax's own MNIST tutorial does it: ``nnx.jit`` steps,
``nnx.Optimizer``, ``nnx.MultiMetric``. The tutorial measures errors batch by batch; a loop that
takes all points at once is faster, and is timed as well. ``fit`` also makes its data and weights
anew each time, keeps the folded network of every epoch, and has every hyper value traced; the peer
is only timed in its loop. Programs are compiled before any is timed; how long that took stands
below.
"""

import argparse
import os
import statistics
import time
from functools import partial

os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
os.environ["PJRT_NPROC"] = "1"  # jax counts the cores of the machine, not those of the process

import jax  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from flax import nnx  # noqa: E402

from reglab import Experiment, Hyper, distributions, fit  # noqa: E402
from reglab.config import MLPConfig  # noqa: E402
from reglab.training import state  # noqa: E402

NUM_TRAIN, BATCH_SIZE, NUM_POINTS, RATE = 200, 25, 10_000, 0.5
state.EVALUATION_POINTS = NUM_POINTS  # 16,384 by default: here both do the same work


class PlainMLP(nnx.Module):
    """The network as one writes it with Flax's own layers."""

    def __init__(self, *, rngs: nnx.Rngs):
        self.linear1, self.norm1 = nnx.Linear(2, 64, rngs=rngs), nnx.BatchNorm(64, rngs=rngs)
        self.linear2, self.norm2 = nnx.Linear(64, 64, rngs=rngs), nnx.BatchNorm(64, rngs=rngs)
        self.out = nnx.Linear(64, 2, rngs=rngs)
        self.dropout1, self.dropout2 = nnx.Dropout(RATE), nnx.Dropout(RATE)

    def __call__(self, x, rngs=None):
        """Class scores."""
        x = self.dropout1(nnx.relu(self.norm1(self.linear1(x))), rngs=rngs)
        x = self.dropout2(nnx.relu(self.norm2(self.linear2(x))), rngs=rngs)
        return self.out(x)


def loss_fn(model, batch, rngs=None):
    logits = model(batch["x"], rngs)
    loss = optax.softmax_cross_entropy_with_integer_labels(logits, batch["y"]).mean()
    return loss, logits


@nnx.jit
def train_step(model, optimizer, metrics, rngs, batch):
    (loss, logits), gradients = nnx.value_and_grad(loss_fn, has_aux=True)(model, batch, rngs)
    metrics.update(loss=loss, logits=logits, labels=batch["y"])
    optimizer.update(model, gradients)


@nnx.jit
def eval_step(model, metrics, batch):
    loss, logits = loss_fn(model, batch)
    metrics.update(loss=loss, logits=logits, labels=batch["y"])


def batches(points, order, size):
    for start in range(0, len(order), size):
        index = order[start : start + size]
        yield {name: column[index] for name, column in points.items()}


class Peer:
    """The tutorial's loop; errors are measured ``eval_size`` points at a time."""

    def __init__(self, epochs, eval_size):
        moons = distributions.get("moons", noise=0.2, label_noise=0.2)
        keys = jax.random.split(jax.random.key(0))
        self.sets = [
            {"x": np.asarray(x), "y": np.asarray(y)}
            for x, y in (moons.sample(keys[0], NUM_TRAIN), moons.sample(keys[1], NUM_POINTS))
        ]
        self.epochs, self.eval_size = epochs, eval_size
        model = PlainMLP(rngs=nnx.Rngs(0))
        self.train_model = nnx.view(model, deterministic=False, use_running_average=False)
        self.eval_model = nnx.view(model, deterministic=True, use_running_average=True)
        self.optimizer = nnx.Optimizer(model, optax.adam(0.01), wrt=nnx.Param)
        self.metrics = nnx.MultiMetric(
            accuracy=nnx.metrics.Accuracy(), loss=nnx.metrics.Average("loss")
        )
        self.rngs, self.order = nnx.Rngs(0), np.random.default_rng(0)

    def run(self):
        """Trains; returns the training loss and both errors of each epoch."""
        history = []
        for _ in range(self.epochs):
            order = self.order.permutation(NUM_TRAIN)
            for batch in batches(self.sets[0], order, BATCH_SIZE):
                train_step(self.train_model, self.optimizer, self.metrics, self.rngs, batch)
            history.append(self._measured()["loss"])
            for points in self.sets:
                for batch in batches(points, np.arange(len(points["x"])), self.eval_size):
                    eval_step(self.eval_model, self.metrics, batch)
                history.append(1 - self._measured()["accuracy"])
        return history

    def _measured(self):
        measured = {name: float(value) for name, value in self.metrics.compute().items()}
        self.metrics.reset()
        return measured


def ours(epochs):
    """The experiment that does the same."""
    steps = NUM_TRAIN // BATCH_SIZE
    return Experiment(
        max_train=NUM_TRAIN,
        model=MLPConfig(widths=(64, 64), batch_norm=True),
        batch_size=BATCH_SIZE,
        num_steps=steps * epochs,
        eval_every=steps,
        hyper=Hyper(num_train=NUM_TRAIN, dropout_rate=RATE),
    )


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=100)
    arguments = parser.parse_args()
    few = max(1, arguments.epochs // 10)  # batch by batch takes long
    calls = {
        "reglab.fit": (arguments.epochs, partial(fit, ours(arguments.epochs))),
        "Flax, all points at once": (arguments.epochs, Peer(arguments.epochs, NUM_POINTS).run),
        "Flax, batch by batch": (few, Peer(few, BATCH_SIZE).run),
    }
    for name, (_, call) in calls.items():
        print(f"{name:<24} first call, which compiles: {timed(call)[0]:.1f} s")
    taken = {name: [] for name in calls}
    for _ in range(arguments.repeats):
        for name, (epochs, call) in calls.items():
            taken[name].append(1000 * timed(call)[0] / epochs)
    own = taken["reglab.fit"]
    for name, each in taken.items():
        ratios = [a / b for a, b in zip(each, own, strict=True)]
        print(f"{name:<24} {spread(each, 2)} ms an epoch; {spread(ratios, 1)} times reglab.fit")


def spread(values, digits):
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    main()
