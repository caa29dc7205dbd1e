"""Hypotheses a second: ``fit_population`` against three other ways to train many networks.

    python benchmarks/populations.py [--members 64] [--repeats 3] [--epochs 300]

On the same work, in one process, in turn, all on the cores that there are: a population of MLPs
2-32-32-2 on two moons, each on 60 examples of its own (20 % of the labels flipped), Adam at 0.01,
batches of 20 in a new order each epoch, no remedy; then the error of each over the whole
distribution, on the same 16,384 points.

- ``PyTorch``: one network after the other, one thread (more are slower here);
- ``torch.func``: all networks at once, ``vmap`` over gradients, and one Adam for all;
- ``MLPClassifier`` of scikit-learn, one process of joblib's a core;
- ``reglab``: one compiled program, one device a core. What compiling takes stands first.

Prints hypotheses a second, the median of the repeats, as ratios to PyTorch's, and the mean error
of each way, which should agree. Needs the extra ``peers``.
"""

import argparse
import os
import statistics
import time
import warnings

import jax

CORES = len(os.sched_getaffinity(0))
jax.config.update("jax_num_cpu_devices", CORES)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from torch import func, nn  # noqa: E402

from reglab import Experiment, Hyper, MLPConfig, distributions, fit_population  # noqa: E402

NUM_TRAIN, BATCH_SIZE, LEARNING_RATE, WIDTHS = 60, 20, 0.01, (32, 32)
HYPER = Hyper(learning_rate=LEARNING_RATE, num_train=NUM_TRAIN, noise=0.2, label_noise=0.2)
STEPS = NUM_TRAIN // BATCH_SIZE  # an epoch
MOONS = distributions.get("moons", noise=HYPER.noise, label_noise=HYPER.label_noise)


def samples(members: int) -> tuple[np.ndarray, np.ndarray]:
    """Training examples of each member, ``(members, 60, 2)``, and labels."""
    drawn = [MOONS.sample(jax.random.key(draw), NUM_TRAIN) for draw in range(members)]
    return np.stack([x for x, _ in drawn]), np.stack([y for _, y in drawn]).astype(np.int64)


def network() -> nn.Module:
    return nn.Sequential(
        nn.Linear(2, WIDTHS[0]),
        nn.ReLU(),
        nn.Linear(*WIDTHS),
        nn.ReLU(),
        nn.Linear(WIDTHS[1], 2),
    )


def by_loop(x, y, points, epochs):
    """PyTorch, one network after the other."""
    torch.set_num_threads(1)
    answers = []
    for one_x, one_y in zip(torch.from_numpy(x), torch.from_numpy(y), strict=True):
        model = network()
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        for _ in range(epochs):
            for batch in torch.randperm(NUM_TRAIN).split(BATCH_SIZE):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(one_x[batch]), one_y[batch]).backward()
                optimizer.step()
        with torch.no_grad():
            answers.append(model(torch.from_numpy(points)).argmax(1).numpy())
    return np.stack(answers)


def by_vmap(x, y, points, epochs):
    """PyTorch, all networks at once."""
    torch.set_num_threads(CORES)
    models = [network() for _ in x]
    params, _ = func.stack_module_state(models)
    params = {name: p.detach().requires_grad_() for name, p in params.items()}
    optimizer = torch.optim.Adam(list(params.values()), lr=LEARNING_RATE)
    base = network()

    def loss(params, x, y):
        return nn.functional.cross_entropy(func.functional_call(base, params, (x,)), y)

    gradients = func.vmap(func.grad(loss))
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    rows = torch.arange(len(x))[:, None]
    for _ in range(epochs):
        order = torch.rand(len(x), NUM_TRAIN).argsort(dim=1)
        for batch in order.split(BATCH_SIZE, dim=1):
            found = gradients(params, x[rows, batch], y[rows, batch])
            for name, p in params.items():
                p.grad = found[name]
            optimizer.step()
    with torch.no_grad():
        predict = func.vmap(lambda p: func.functional_call(base, p, (torch.from_numpy(points),)))
        return predict(params).argmax(2).numpy()


def by_joblib(x, y, points, epochs):
    """scikit-learn, a process a core."""

    def one(x, y, seed):
        model = MLPClassifier(
            WIDTHS,
            solver="adam",
            alpha=0.0,
            batch_size=BATCH_SIZE,
            learning_rate_init=LEARNING_RATE,
            max_iter=epochs,
            n_iter_no_change=epochs + 1,
            tol=0.0,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it did not converge
            return model.fit(x, y).predict(points)

    calls = [delayed(one)(*pair, seed) for seed, pair in enumerate(zip(x, y, strict=True))]
    return np.stack(Parallel(n_jobs=CORES)(calls))


def by_reglab(members, epochs):
    """The errors of a population."""
    base = Experiment(
        model=MLPConfig(WIDTHS),
        max_train=NUM_TRAIN,
        batch_size=BATCH_SIZE,
        num_steps=epochs * STEPS,
        eval_every=epochs * STEPS,
        hyper=HYPER,
    )
    return fit_population([base.replace(draw=d, seed=d) for d in range(members)]).last("true_error")


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measured(members: int, repeats: int, epochs: int) -> dict[str, tuple[float, float]]:
    """Seconds of each way, a median, and the mean error over the distribution."""
    x, y = samples(members)
    points, mass = map(np.array, MOONS.evaluation(jax.random.key(0), 16_384))

    def mean_error(answers):
        return float(np.mean([1 - mass[np.arange(len(mass)), a].sum() for a in answers]))

    ways = {
        "PyTorch": lambda: mean_error(by_loop(x, y, points, epochs)),
        "torch.func": lambda: mean_error(by_vmap(x, y, points, epochs)),
        "MLPClassifier": lambda: mean_error(by_joblib(x, y, points, epochs)),
        "reglab": lambda: float(by_reglab(members, epochs).mean()),
    }
    by_joblib(x[:CORES], y[:CORES], points, 1)  # starts its processes
    first, _ = timed(ways["reglab"])
    rounds = [{name: timed(way) for name, way in ways.items()} for _ in range(repeats)]
    found = {
        name: (
            statistics.median(one[name][0] for one in rounds),
            statistics.mean(one[name][1] for one in rounds),
        )
        for name in ways
    }
    print(f"{CORES} cores, {members} networks, {epochs} epochs; reglab's first call {first:.1f} s")
    return found


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=300)
    arguments = parser.parse_args()
    found = measured(arguments.members, arguments.repeats, arguments.epochs)
    slowest = found["PyTorch"][0]
    print(f"{'':14} {'networks/s':>10} {'ratio':>7} {'mean error':>11}")
    for name, (seconds, error) in found.items():
        rate = arguments.members / seconds
        print(f"{name:14} {rate:10.1f} {slowest / seconds:7.1f} {100 * error:9.1f} %")


if __name__ == "__main__":
    main()
