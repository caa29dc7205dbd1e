"""Double descent with Mitchell's verdict at every width: 28 widths, 10 draws of the examples.

    python benchmarks/double_descent.py [--draws 10] [--seed 0] [--ridge 0] [--figure FILE]

Prints the table of docs/double_descent.md in Markdown and, on stderr, how long the fits and the
verdicts took, which is to be under 60 seconds for 10 draws. ``--figure`` draws them as well, into a
file that ends in .png, .svg or .pdf, and needs matplotlib. Opens no connection.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from reglab.theory import double_descent

PROMISED = 60  # seconds
KINDS = (".png", ".svg", ".pdf")


def table(found):
    """Lines of Markdown, a row for each width; errors are medians over draws, in percent."""
    yield "| width | training examples | whole distribution | formula, mean | overfits | severity |"
    yield f"|{' ---: |' * 6}"
    medians = (np.median(a, axis=0) for a in (found.train_error, found.true_error, found.severity))
    for width, formula, share, *errors in zip(
        found.widths, found.predicted, found.share, *medians, strict=True
    ):
        train, true, severity = map(percent, errors)
        count = f"{round(share * len(found.verdict))} of {len(found.verdict)}"
        severity = severity if share > 0.5 else ""
        yield f"| {width} | {train} | {true} | {percent(formula)} | {count} | {severity} |"


def percent(share):
    """A share in percent, without the unit."""
    if np.isfinite(share):
        return f"{100 * share:,.1f}"
    return "∞" if np.isinf(share) else ""


def drawn(found, path):
    """Draws the figure into a file."""
    from reglab import figures

    kind = path.suffix.removeprefix(".")
    path.write_bytes(figures.rendered(figures.DoubleDescentDisplay(found), kind))


def main():
    """Measures and prints; the exit code is 1 where it took too long for so many draws."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ridge", type=float, default=0.0)
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    if arguments.figure is not None and arguments.figure.suffix not in KINDS:
        parser.error(f"--figure: expected a file that ends in {', '.join(KINDS)}")
    start = time.perf_counter()
    found = double_descent(draws=arguments.draws, seed=arguments.seed, ridge=arguments.ridge)
    seconds = time.perf_counter() - start
    print(
        f"{len(found.widths)} widths x {arguments.draws} draws: {seconds:.2f} seconds",
        file=sys.stderr,
        flush=True,
    )
    print(*table(found), sep="\n")
    if arguments.figure is not None:
        drawn(found, arguments.figure)
    return int(seconds > PROMISED * max(1, arguments.draws / 10))


if __name__ == "__main__":
    sys.exit(main())
