"""Training on MNIST-1D: reglab's ``fit`` against a plain PyTorch loop.

    python benchmarks/mnist1d_training.py [--repeats 5] [--steps 1000]

On one core, in one process, the two in turn, for the three networks of the reference figures:
linear (410 parameters), MLP 40-100-100-10 whose second hidden layer adds the first (15,210), CNN of
three convolutions with stride 2 (5,210). Both take the same number of steps with Adam at 0.01 on
batches of 100 out of the 4,000 training examples in a new order each epoch, and both measure the
errors on these and on the 1,000 held out before the first step and after the last. Weights are made
anew each time, by either. ``fit`` also keeps the folded networks and has every hyper value traced.
Programs are compiled before any is timed; what that takes stands first. PyTorch compiles nothing.
Needs the extras ``data,peers``.
"""

import argparse
import os
import statistics
import time
from functools import partial

os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
os.environ["PJRT_NPROC"] = "1"  # jax counts the cores of the machine, not those of the process

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

from reglab import CNNConfig, Experiment, Hyper, LinearConfig, MLPConfig, fit  # noqa: E402
from reglab.distributions.mnist1d_frozen import frozen_set  # noqa: E402

torch.set_num_threads(1)
NUM_TRAIN, BATCH_SIZE, LEARNING_RATE = 4000, 100, 0.01
CONFIGS = {
    "linear": LinearConfig(),
    "mlp": MLPConfig(widths=(100, 100), residual=True),
    "cnn": CNNConfig((25, 25, 25), kernel_size=(5, 3, 3), stride=2, padding=1, pool=1),
}


class PlainMLP(nn.Module):
    """The authors' MLP."""

    def __init__(self):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(40, 100), nn.Linear(100, 100)
        self.linear3 = nn.Linear(100, 10)

    def forward(self, x):
        """Class scores."""
        h = self.linear1(x).relu()
        return self.linear3(h + self.linear2(h).relu())


class PlainCNN(nn.Module):
    """The authors' CNN."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 25, 5, stride=2, padding=1)
        self.conv2 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.linear = nn.Linear(125, 10)

    def forward(self, x):
        """Class scores."""
        x = self.conv1(x[:, None]).relu()
        return self.linear(self.conv3(self.conv2(x).relu()).relu().flatten(1))


PLAIN = {"linear": partial(nn.Linear, 40, 10), "mlp": PlainMLP, "cnn": PlainCNN}


def plain_fit(name, sets, num_steps):
    """Trains with PyTorch; returns the last error on the examples held out."""
    model = PLAIN[name]()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    errors_of(model, sets)
    x, y = sets[0]
    per_epoch = NUM_TRAIN // BATCH_SIZE
    for step in range(num_steps):
        if step % per_epoch == 0:
            batches = torch.randperm(NUM_TRAIN).split(BATCH_SIZE)
        batch = batches[step % per_epoch]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    return errors_of(model, sets)[-1]


def errors_of(model, sets):
    with torch.no_grad():
        return [float((model(x).argmax(1) != y).float().mean()) for x, y in sets]


def own_fit(name, num_steps):
    """Trains with reglab; returns the last error on the examples held out."""
    experiment = Experiment(
        distribution="mnist1d_frozen",
        max_train=NUM_TRAIN,
        model=CONFIGS[name],
        batch_size=BATCH_SIZE,
        num_steps=num_steps,
        eval_every=num_steps,
        hyper=Hyper(num_train=NUM_TRAIN, learning_rate=LEARNING_RATE, noise=0, label_noise=0),
    )
    return float(fit(experiment).history.true_error[-1])


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()
    data = frozen_set(is_shuffled=False)
    parts = (data.x, data.y), (data.test_x, data.test_y)
    sets = [(torch.from_numpy(x), torch.from_numpy(y.astype(np.int64))) for x, y in parts]
    for name in CONFIGS:
        compare(name, sets, arguments.steps, arguments.repeats)


def compare(name, sets, num_steps, repeats):
    """Prints both times a step of one network, and their ratio."""
    own, plain = partial(own_fit, name, num_steps), partial(plain_fit, name, sets, num_steps)
    first, errors = timed(own)[0], (own(), plain())
    taken = [(timed(own)[0], timed(plain)[0]) for _ in range(repeats)]
    mine, theirs = (
        [1000 * seconds / num_steps for seconds in each] for each in zip(*taken, strict=True)
    )
    ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
    compiling = first - statistics.median(mine) * num_steps / 1000
    print(f"{name:<7} compiling, once: {compiling:.1f} s")
    print(f"{'':<7} reglab.fit {spread(mine)} ms a step, error held out {errors[0]:.3f}")
    print(f"{'':<7} PyTorch    {spread(theirs)} ms a step, error held out {errors[1]:.3f}")
    print(f"{'':<7} reglab.fit takes {spread(ratios)} times as long", flush=True)


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
