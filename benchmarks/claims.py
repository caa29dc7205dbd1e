"""The claims over many seeds: how often each is as predicted, and how long a check takes.

    python benchmarks/claims.py [ID ...] [--first 1] [--seeds 20] [--jobs 2]

Each claim is checked with every seed in one process, so that its programs are compiled once; the
first check of each, which compiles, is not timed. A right formula misses an interval of four
standard errors about once in 16,000 times, so nearly all misses mean that something is wrong. The
exit code is 1 where a claim fails with more than 2 in 20 of its seeds, or less than 95 % of all
measurements are as predicted. Needs the extra ``data``.
"""

import argparse
import functools
import multiprocessing
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor

from reglab import theory
from reglab.training import keep_compiled

MOST_FAILURES, LEAST_SHARE = 0.1, 0.95


def checked(id, seeds):
    """Seeds that failed with what failed, measurements judged and passed, seconds of each check."""
    keep_compiled()
    failed, judged, passed, seconds = {}, 0, 0, []
    for seed in seeds:
        found = theory.check(id, seed)
        rows = [row for row in found.rows if row.is_judged]
        wrong = [row.name for row in rows if not row.passed]
        judged, passed = judged + len(rows), passed + len(rows) - len(wrong)
        seconds.append(found.seconds)
        if wrong:
            failed[seed] = wrong
    return id, failed, judged, passed, statistics.median(seconds[1:] or seconds)


def main():
    """Checks and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    ids = arguments.ids or list(theory.CLAIMS)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    context = multiprocessing.get_context("spawn")
    judged = passed = 0
    worst = 0.0
    with ProcessPoolExecutor(arguments.jobs, mp_context=context) as executor:
        for id, failed, rows, right, seconds in executor.map(
            functools.partial(checked, seeds=seeds), ids
        ):
            judged, passed = judged + rows, passed + right
            worst = max(worst, len(failed) / len(seeds))
            words = "; ".join(f"seed {seed}: {', '.join(names)}" for seed, names in failed.items())
            count = f"{len(seeds) - len(failed)} of {len(seeds)}"
            print(f"{id:<3} {count} seeds, {seconds:5.1f} s a check  {words}", flush=True)
    share = passed / judged
    print(f"{passed} of {judged} measurements as predicted ({100 * share:.2f} %)")
    return int(worst > MOST_FAILURES or share < LEAST_SHARE)


if __name__ == "__main__":
    sys.exit(main())
