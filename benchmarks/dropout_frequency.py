"""A thousand hypotheses in one call: how many draws overfit, against the dropout rate.

    python benchmarks/dropout_frequency.py [--figure docs/dropout_frequency.png]

50 dropout rates from 0 to 0.98 by 20 draws of the training set: MLP 2-32-32-2 on two moons, 60
examples, 20 % of the labels flipped, 300 epochs of Adam at 0.01, one device a core. The last
hypothesis of each run is held against the earlier ones of its own run (``run``) and against all
hypotheses on the same 60 examples (``data``); twins of one draw share examples, weights and order.
Prints how long the call took, the table, and draws the figure where it is asked for; that needs
matplotlib.
"""

import argparse
import os
import time
from pathlib import Path

import jax

jax.config.update("jax_num_cpu_devices", len(os.sched_getaffinity(0)))

import numpy as np  # noqa: E402

from reglab import Experiment, Grid, MLPConfig, fit_population, frequencies  # noqa: E402

RATES = np.linspace(0, 0.98, 50).round(2).tolist()
BASE = Experiment(model=MLPConfig((32, 32)), max_train=60, num_steps=900, eval_every=90)
GRID = Grid(BASE, product={"hyper.dropout_rate": RATES, "draw": list(range(20))})


def told(found, row: int) -> str:
    """A count with its interval."""
    low, high = 100 * found.low[row], 100 * found.high[row]
    return f"{found.num_overfit[row]} of {found.num_runs[row]} ({low:.0f}–{high:.0f} %)"


def main():
    """Trains, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--figure", type=Path, help="a PNG, PDF or SVG file to draw")
    arguments = parser.parse_args()
    start = time.perf_counter()
    population = fit_population(GRID, progress=True)
    seconds = time.perf_counter() - start
    print(f"{len(population)} hypotheses in {seconds:.1f} s on {len(jax.devices())} devices")
    columns = {
        (scope, at_least): frequencies(population, scope=scope, at_least=at_least)
        for scope in ("run", "data")
        for at_least in (0.0, 0.01)
    }
    print("| dropout rate | own run | by 1 point | same examples | by 1 point | severity, points |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in range(0, len(RATES), 5):
        cells = " | ".join(told(found, row) for found in columns.values())
        print(f"| {RATES[row]:g} | {cells} | {100 * columns['data', 0.0].severity[row]:.1f} |")
    if arguments.figure:
        from reglab import figures

        display = figures.frequency(population, scope="run", at_least=0.01, varies="dropout rate")
        kind = arguments.figure.suffix.lstrip(".")
        arguments.figure.write_bytes(figures.rendered(display, kind))


if __name__ == "__main__":
    main()
