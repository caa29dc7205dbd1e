"""What a second device and a second worker bring.

    python benchmarks/scaling.py [--members 256] [--repeats 3]

The same population (MLP 2-32-32-2, two moons, 60 examples, 900 steps, 3 rows, dropout rates by
draws) is trained

- by ``fit_population`` on one device and on two, each in a process of its own, which compiles
  first; the two in turn;
- by ``sweep`` with one worker of dask.distributed and with two; each cluster is started and trains
  other members first, so that every worker has compiled.

Prints medians and ratios. One device is given one core, two are given two: JAX would otherwise
share the work of one device among threads.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEVICES = """
import os, sys, time
count, members = int(sys.argv[1]), int(sys.argv[2])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
os.environ["PJRT_NPROC"] = str(count)
import jax
jax.config.update("jax_num_cpu_devices", count)
from reglab import Experiment, fit_population
from reglab.training import keep_compiled
keep_compiled()
experiments = [Experiment.from_json(line) for line in sys.stdin]
fit_population(experiments[:2])
start = time.perf_counter()
fit_population(experiments[:members])
print(time.perf_counter() - start)
"""


def experiments(members: int):
    """The members, dropout rates by draws."""
    from reglab import Experiment, MLPConfig

    base = Experiment(model=MLPConfig((32, 32)), max_train=60, num_steps=900, eval_every=450)
    return [
        base.replace(dropout_rate=0.05 * (number % 16), draw=number // 16)
        for number in range(members)
    ]


def on_devices(count: int, members: int) -> float:
    """Seconds on ``count`` devices."""
    lines = "\n".join(experiment.to_json() for experiment in experiments(members))
    command = [sys.executable, "-c", DEVICES, str(count), str(members)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def with_workers(count: int, members: int) -> float:
    """Seconds with ``count`` workers, after their start."""
    from reglab.sweeps import local_cluster, sweep

    chosen = experiments(members)
    warm = [experiment.replace(seed=1) for experiment in chosen[: 8 * count]]
    with tempfile.TemporaryDirectory() as folder, local_cluster(count) as executor:
        sweep(warm, executor=executor, store=Path(folder) / "warm", batch=2).close()
        start = time.perf_counter()
        sweep(chosen, executor=executor, store=Path(folder) / "timed", batch=16).close()
        return time.perf_counter() - start


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, {arguments.members} members, {arguments.repeats} repeats")
    for name, way in {"devices": on_devices, "workers": with_workers}.items():
        repeats = range(arguments.repeats)
        rounds = [[way(count, arguments.members) for count in (1, 2)] for _ in repeats]
        one, two = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
        print(f"{name}: 1 takes {one:.2f} s, 2 take {two:.2f} s, {one / two:.2f} times as fast")


if __name__ == "__main__":
    main()
