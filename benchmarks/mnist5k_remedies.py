"""Which remedies help on MNIST-5k, with 100, 300 and 3,000 training images.

    python benchmarks/mnist5k_remedies.py [--sizes 100 300 3000] [--draws 10] [--tune]

Prints the tables of docs/mnist5k.md in Markdown. For each size and each draw of the training sample
S, a plain network and its twins are trained from the same initial weights on the same images; what
is compared over draws are their errors on all 5,000 images, which are exact, and those on images
that S does not hold. ``--tune`` prints mean errors over the values in ``GRID`` instead, on draws of
their own; ``VALUES`` are the best of each row. Needs the extra ``data``; opens no connection.
"""

import argparse
import sys
import time
from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from reglab import Experiment, Hyper, MLPConfig, early_stopping, fit, twins
from reglab.mitchell import compare
from reglab.training import RULES

WIDTHS = (128, 128)
NUM_STEPS = {100: 1000, 300: 1000, 3000: 4000}
WORDS = {
    "dropout_rate": "dropout",
    "l2": "L2",
    "input_noise": "input noise",
    "augmentation": "translation",
}
VALUES = {
    100: {"dropout_rate": 0.2, "l2": 0.0001, "input_noise": 0.8, "augmentation": 0.3},
    300: {"dropout_rate": 0.2, "l2": 0.0001, "input_noise": 0.5, "augmentation": 0.3},
    3000: {"dropout_rate": 0.5, "l2": 0.0001, "input_noise": 0.5, "augmentation": 0.15},
}
GRID = {
    "dropout_rate": (0.2, 0.5),
    "l2": (0.0001, 0.001, 0.01),
    "input_noise": (0.1, 0.3, 0.5, 0.8),
    "augmentation": (0.15, 0.3, 0.5),
}
VALIDATION_SHARE = 5  # one label in so many is for early stopping to validate on
NUM_ROWS, PATIENCE = 40, 10  # of early stopping: rows of a run, and those without a new least loss
TUNING_DRAWS = {100: 3, 300: 2, 3000: 2}
FIRST_TUNING_DRAW = 1000


class Errors(NamedTuple):
    """Of one network, as shares: on all images, on those not in S, and on S."""

    whole: float
    unseen: float
    train: float


def plain(n):
    """The first twin."""
    return Experiment(
        distribution="mnist5k",
        max_train=n,
        model=MLPConfig(widths=WIDTHS),
        augment="translation",
        batch_size=32,
        num_steps=NUM_STEPS[n],
        eval_every=NUM_STEPS[n],
        hyper=Hyper(num_train=n, learning_rate=0.001, noise=0, label_noise=0),
    )


def remedies(n):
    """By name: plain, and what differs from it in one thing."""
    first = plain(n)
    named = zip(VALUES[n], twins(first, **VALUES[n]), strict=True)
    changed = {WORDS[field]: experiment for field, experiment in named}
    fewer = n - n // VALIDATION_SHARE
    return {
        "plain": first,
        "dropout": changed.pop("dropout"),
        "batch norm": first.replace(model=MLPConfig(widths=WIDTHS, batch_norm=True)),
        **changed,
        "early stopping": first.replace(
            max_train=fewer, num_train=fewer, eval_every=NUM_STEPS[n] // NUM_ROWS
        ),
    }


def errors(name, experiment, draw):
    """Trains on one draw of S, which also decides weights and batch order."""
    run = fit(experiment.replace(draw=draw, seed=draw))
    row = stopped(run) if name == "early stopping" else len(run.history.step) - 1
    num_train = experiment.hyper.num_train
    unseen = run.distribution.unseen_error(run.hypotheses[row], jax.random.key(draw), num_train)
    history = run.history
    return Errors(float(history.true_error[row]), unseen.value, float(history.train_error[row]))


def stopped(run):
    """The row that patience returns; the validation images make up for those that S lacks."""
    rule = partial(RULES["patience"], num_rows=PATIENCE)
    count = run.experiment.hyper.num_train // (VALIDATION_SHARE - 1)
    options = {"num_validation": count, "validation_draw": run.experiment.draw}
    return early_stopping(run, rules={"patience": rule}, **options)[0].returned_row


def measured(n, draws, names=None):
    """By name, ``Errors`` of arrays with one entry a draw."""
    chosen = {k: v for k, v in remedies(n).items() if names is None or k in names}
    found = {k: [errors(k, experiment, draw) for draw in draws] for k, experiment in chosen.items()}
    return {k: Errors(*np.array(rows).T) for k, rows in found.items()}


def table(found, kind):
    """Lines of Markdown, a column for each size: error, difference to plain, adjusted p-value."""
    percent = {n: {k: 100 * getattr(v, kind) for k, v in each.items()} for n, each in found.items()}
    rows = {name: [name] for name in next(iter(percent.values()))}
    for errors in percent.values():
        rows["plain"].append(f"{errors['plain'].mean():.1f}")
        for row in compare(errors):
            half_width = (row.high - row.low) / 2
            difference = f"{row.difference:+.1f} ± {half_width:.1f}".replace("-", "−")
            rows[row.name].append(f"{row.mean:.1f} ({difference}, p = {row.adjusted:.3f})")
    yield from markdown([f"{n:,} images" for n in found], rows.values())


def train_table(found):
    """Lines of Markdown: mean errors on S in percent."""
    sizes = list(found.values())
    rows = [[k, *(f"{100 * each[k].train.mean():.1f}" for each in sizes)] for k in sizes[0]]
    yield from markdown([f"{n:,} images" for n in found], rows)


def markdown(columns, rows):
    yield f"| | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def tune(n):
    """Prints mean errors in percent over the draws that no table uses."""
    draws = range(FIRST_TUNING_DRAW, FIRST_TUNING_DRAW + TUNING_DRAWS[n])
    means = partial(mean_errors, draws=draws)
    print(f"{n}: plain {means(plain(n))}", flush=True)
    for field, values in GRID.items():
        tried = twins(plain(n), **{field: values})
        words = [f"{v:g}: {means(e)}" for v, e in zip(values, tried, strict=True)]
        print(f"{n}: {WORDS[field]} {', '.join(words)}", flush=True)


def mean_errors(experiment, draws):
    found = Errors(*np.array([errors("", experiment, draw) for draw in draws]).T)
    return f"{100 * found.whole.mean():.2f} (on S {100 * found.train.mean():.2f})"


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(NUM_STEPS), choices=NUM_STEPS)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--tune", action="store_true")
    arguments = parser.parse_args()
    found = {}
    for n in arguments.sizes:
        start = time.perf_counter()
        if arguments.tune:
            tune(n)
        else:
            found[n] = measured(n, range(arguments.draws))
        seconds = time.perf_counter() - start
        print(f"{n:,} images: {seconds:.0f} seconds", file=sys.stderr, flush=True)
    if found:
        for kind, words in (("whole", "all 5,000 images"), ("unseen", "images not in S")):
            print(f"\nError in percent on {words}:\n", *table(found, kind), sep="\n")
        print("\nError in percent on S:\n", *train_table(found), sep="\n")


if __name__ == "__main__":
    main()
