"""The certificate: how often it decides, how long it takes, and whether draws bear it out.

    python benchmarks/certificate.py [--seeds 3] [--cells 100000] [--draws 0]

For each planar distribution, noise and remedy the last hypothesis of a run is held against its best
contender, as ``certify`` picks it, for several samples and seeds. Prints how many pairs are proved
to overfit, proved not to, and left open when the budget of cells ended; the median of the cells and
seconds, on one core; and the widest proved interval. With ``--draws`` each error is also measured
on so many draws of a plain NumPy version of the distribution: the exit code is 1 where a share lies
outside of a proved interval by more than five standard errors.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))  # for the distributions of the tests

import numpy as np

from reglab import Experiment, LinearConfig, certify, fit
from reglab.training import keep_compiled
from tests.distributions.reference import draw

BATCH = 500_000
NOISES = {
    "moons": (0.0, 0.1, 0.2, 0.4),
    "gauss": (0.0, 0.2, 0.5),
    "xor": (0.0, 0.2, 0.5),
    "circle": (0.0, 0.2, 0.5),
    "spiral": (0.0, 0.2, 0.5),
}
REMEDIES = {
    "plain": {},
    "dropout 0.5": {"dropout_rate": 0.5},
    "L2 0.01": {"l2": 0.01},
    "linear": {"model": LinearConfig()},
}


def shares(name, noise, label_noise, hypotheses, n):
    """The share of ``n`` draws that each hypothesis gets wrong."""
    rng, wrong = np.random.default_rng(0), np.zeros(len(hypotheses))
    for start in range(0, n, BATCH):
        x, y = draw(name, noise, min(BATCH, n - start), rng)
        y = np.where(rng.random(len(y)) < label_noise, 1 - y, y)
        for i, hypothesis in enumerate(hypotheses):
            wrong[i] += (np.asarray(hypothesis(x.astype(np.float32))).argmax(axis=1) != y).sum()
    return wrong / n


def is_outside(found, run, draws):
    """Whether a share of draws contradicts a proved interval."""
    hypotheses = [run.hypotheses[row] for _, row in found.addresses]
    d = run.distribution
    seen = shares(
        run.experiment.distribution, float(d.noise), float(d.label_noise), hypotheses, draws
    )
    error = 5 * np.sqrt(0.25 / draws)
    for bounds, share in zip((found.h, found.witness), seen, strict=True):
        print(
            f"    {draws} draws: {share:.5f} in {bounds.low:.5f} to {bounds.high:.5f}", flush=True
        )
    pairs = zip((found.h, found.witness), seen, strict=True)
    return any(not b.low - error <= share <= b.high + error for b, share in pairs)


def main():
    """Trains, certifies, prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--only", help="one distribution")
    parser.add_argument("--plain", action="store_true", help="no remedy")
    arguments = parser.parse_args()
    keep_compiled()
    total, wrong = np.zeros(3, int), 0
    print("| distribution | noise | remedy | overfits | not | open | cells | s | widest, points |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, noises in NOISES.items():
        if arguments.only not in (None, name):
            continue
        for noise in noises:
            for remedy, fields in REMEDIES.items():
                if arguments.plain and remedy != "plain":
                    continue
                base = Experiment(distribution=name, eval_every=30).replace(noise=noise, **fields)
                counts, cells, seconds, widths = np.zeros(3, int), [], [], []
                for seed in range(arguments.seeds):
                    run = fit(base.replace(seed=seed, draw=seed + 5))
                    try:
                        start = time.perf_counter()
                        found = certify(run, max_cells=arguments.cells, max_seconds=60.0)
                    except ValueError:  # nothing errs more on the training examples
                        continue
                    seconds.append(time.perf_counter() - start)
                    counts[(True, False, None).index(found.overfits)] += 1
                    cells.append(found.cells)
                    widths += [100 * (b.high - b.low) for b in (found.h, found.witness)]
                    if arguments.draws:
                        wrong += is_outside(found, run, arguments.draws)
                total += counts
                told = " | ".join(map(str, counts))
                if cells:
                    medians = statistics.median(cells), statistics.median(seconds)
                    told += f" | {medians[0]:.0f} | {medians[1]:.1f} | {max(widths):.2f}"
                print(f"| {name} | {noise:g} | {remedy} | {told} |", flush=True)
    print(f"{total[0]} proved to overfit, {total[1]} proved not to, {total[2]} left open")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
