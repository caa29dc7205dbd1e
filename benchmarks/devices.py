"""Is a verdict the same on every device? The same runs on the CPU and on the accelerator.

    JAX_PLATFORMS=cuda,cpu python benchmarks/devices.py [--seeds 5]

For each distribution, with and without dropout, batch norm or convolutions:

- ``verdicts``: seeds whose last hypothesis has the same verdict on both, each trained there;
- ``severity``: the largest difference between the two severities, in points;
- ``rows``: how many rows of history have equal errors until the first that has not, in the median
  (rounding differs, and training blows it up);
- ``answers``: of the same weights on the same points, how many answers differ;
- ``scores``: and by how much the scores, relative to the largest;
- ``error``: and the true errors of the same weights, in points.

Compile times are left out; ``CPU s`` and ``device s`` are the medians of runs after the first.
"""

import argparse
import statistics
import time

import jax
import numpy as np
from flax import nnx

from reglab import CNNConfig, Experiment, Hyper, LinearConfig, MLPConfig, find_witness, fit

CASES = {
    "moons": {},
    "moons dropout": {"hyper": Hyper(dropout_rate=0.5)},
    "moons batch norm": {"model": MLPConfig(batch_norm=True)},
    "circle": {"distribution": "circle"},
    "spiral": {"distribution": "spiral"},
    "xor": {"distribution": "xor"},
    "gauss linear": {"distribution": "gauss", "model": LinearConfig()},
    "digits": {"distribution": "digits"},
    "mnist1d CNN": {"distribution": "mnist1d", "model": CNNConfig()},
}


def trained(experiment, device):
    """A run on a device, and the seconds that it took."""
    start = time.perf_counter()
    with jax.default_device(device):
        run = fit(experiment)
        jax.block_until_ready(nnx.state(run.hypotheses[-1]))
    return run, time.perf_counter() - start


def moved(model, device):
    """A model with its variables on a device."""
    graphdef, state = nnx.split(model)
    return nnx.merge(graphdef, jax.device_put(state, device))


def measured(run, device, points):
    """Scores on the points and true error of the run's last hypothesis, there."""
    with jax.default_device(device), jax.default_matmul_precision("highest"):
        model = moved(run.hypotheses[-1], device)
        scores = np.asarray(model(jax.device_put(points, device)))
        return scores, run.distribution.true_error(model, half_width=0.005).value


def first_difference(a, b):
    """The number of rows before the first whose errors differ."""
    same = np.ones(len(a.history.step), bool)
    for name in ("train_error", "true_error"):
        same &= np.asarray(getattr(a.history, name)) == np.asarray(getattr(b.history, name))
    return len(same) if same.all() else int(same.argmin())


def compared(name, seeds, cpu, device):
    """One line of the table."""
    same, severity, rows, answers, scores, errors, times = 0, 0.0, [], 0, 0.0, 0.0, [[], []]
    count = 0
    for seed in range(seeds):
        experiment = Experiment(**CASES[name]).replace(seed=seed, draw=seed)
        (a, cpu_s), (b, device_s) = (trained(experiment, at) for at in (cpu, device))
        found = [find_witness(run) for run in (a, b)]
        same += found[0].verdict == found[1].verdict
        severity = max(severity, abs(found[0].severity - found[1].severity))
        rows.append(first_difference(a, b))
        points = np.asarray(a.distribution.sample(jax.random.key(seed), 10_000)[0])
        (p, e), (q, f) = (measured(a, at, points) for at in (cpu, device))
        answers += int((p.argmax(-1) != q.argmax(-1)).sum())
        count += len(points)
        scores = max(scores, float(np.abs(p - q).max() / np.abs(p).max()))
        errors = max(errors, abs(e - f))
        times[0].append(cpu_s)
        times[1].append(device_s)
    cpu_s, device_s = (statistics.median(t[1:] or t) for t in times)
    print(
        f"{name:18s} {same:3d} of {seeds:<3d}{100 * severity:9.2f} {statistics.median(rows):6.0f}"
        f" {answers:4d} of {count:<7d}{scores:10.1e} {100 * errors:8.4f}"
        f" {cpu_s:8.2f} {device_s:9.2f}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=list(CASES), choices=list(CASES))
    asked = parser.parse_args()
    cpu, device = jax.devices("cpu")[0], jax.devices()[0]
    print(f"{cpu.device_kind} and {device.device_kind}, jax {jax.__version__}")
    print(
        f"{'':18s} {'verdicts':10s}{'severity':>9s} {'rows':>6s} {'answers':>15s}"
        f"{'scores':>10s} {'error':>8s} {'CPU s':>8s} {'device s':>9s}"
    )
    for name in asked.only:
        compared(name, asked.seeds, cpu, device)


if __name__ == "__main__":
    main()
