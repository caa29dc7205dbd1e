"""The certificate: how often it decides, how long it takes, and whether draws bear it out.

    python benchmarks/certificate.py [--seeds 3] [--cells 100000] [--draws 0] [--only moons 0.2]

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
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))  # for the distributions of the tests

import numpy as np
from flax import nnx

from reglab import Experiment, LinearConfig, certify, fit
from reglab.distributions import answers_of
from reglab.training import keep_compiled
from tests.distributions.reference import draw

BATCH = 20_000
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


@nnx.jit
def answered(hypothesis, x):
    """The classes that a hypothesis answers."""
    return answers_of(hypothesis(x))


def shares(name, noise, label_noise, hypotheses, n):
    """The share of ``n`` draws that each hypothesis gets wrong."""
    rng, wrong = np.random.default_rng(0), np.zeros(len(hypotheses))
    for start in range(0, n, BATCH):
        x, y = draw(name, noise, min(BATCH, n - start), rng)
        y = np.where(rng.random(len(y)) < label_noise, 1 - y, y)
        for i, hypothesis in enumerate(hypotheses):
            wrong[i] += (np.asarray(answered(hypothesis, x.astype(np.float32))) != y).sum()
    return wrong / n


def is_borne_out(found, run, draws):
    """Whether the shares of draws lie within the proved bounds, but for their own spread."""
    noise, label_noise = float(run.distribution.noise), float(run.distribution.label_noise)
    hypotheses = [run.hypotheses[row] for _, row in found.addresses]
    seen = shares(run.experiment.distribution, noise, label_noise, hypotheses, draws)
    error, is_within = 5 * np.sqrt(0.25 / draws), True
    for bounds, share in zip((found.h, found.witness), seen, strict=True):
        print(f"    {draws} draws: {share:.5f}, proved {bounds.low:.5f} to {bounds.high:.5f}")
        is_within &= bounds.low - error <= share <= bounds.high + error
    return is_within


def certificates(base, seeds, cells):
    """Runs of several seeds and samples, with their certificates."""
    for seed in range(seeds):
        run = fit(base.replace(seed=seed, draw=base.draw + seed))
        try:
            yield run, certify(run, max_cells=cells, max_seconds=60.0)
        except ValueError as error:
            if "larger training error" not in str(error):
                raise


def main():
    """Trains, certifies, prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[], help="distributions, noises or remedies")
    arguments = parser.parse_args()
    keep_compiled()
    total, is_right = np.zeros(3, int), True
    print("| distribution | noise | remedy | overfits | not | open | cells | s | widest, points |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    cases = [
        (name, noise, remedy) for name in NOISES for noise in NOISES[name] for remedy in REMEDIES
    ]
    for name, noise, remedy in cases:
        if not {*arguments.only} <= {name, f"{noise:g}", remedy}:
            continue
        base = Experiment(distribution=name, eval_every=30).replace(noise=noise, **REMEDIES[remedy])
        made = list(certificates(base, arguments.seeds, arguments.cells))
        if arguments.draws:
            for run, found in made:
                is_right &= is_borne_out(found, run, arguments.draws)
        found = [one for _, one in made]
        counts = [sum(one.overfits is answer for one in found) for answer in (True, False, None)]
        total += counts
        cells, seconds = (
            statistics.median(column) if found else float("nan")
            for column in ([one.cells for one in found], [one.seconds for one in found])
        )
        widest = max((b.high - b.low for one in found for b in (one.h, one.witness)), default=0.0)
        told = " | ".join(map(str, counts))
        print(
            f"| {name} | {noise:g} | {remedy} | {told} | {cells:.0f} | {seconds:.1f} | "
            f"{100 * widest:.2f} |",
            flush=True,
        )
    print(f"{total[0]} proved to overfit, {total[1]} proved not to, {total[2]} left open")
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())
