"""Breaks the package on a copy, one fault at a time, and asks whether the default tests see it.

    python tests/mutants.py [--jobs 2] [name ...]

Prints one line a fault and ends with status 1 where one survives. A fault is a text that stands
once in the package and what it is replaced by; the tests that are to fail are named, so that it
takes minutes, but they are all among those that plain ``pytest`` runs.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Mutant(NamedTuple):
    """A fault."""

    name: str
    text: str  # once in reglab/
    broken: str
    tests: str  # files, or a file and the tests that ``-k`` chooses


MUTANTS = (
    Mutant(
        "judge: a tie of the bounds overfits",
        "running_min(xp, own_high)[last]) < own_low",
        "running_min(xp, own_high)[last]) <= own_low",
        "tests/mitchell/test_verdict.py",
    ),
    Mutant(
        "judge: a tie of the training error overfits",
        "is_new = xp.concatenate([xp.ones(1, bool), errors[1:] != errors[:-1]])",
        "is_new = xp.ones(len(errors), bool)",
        "tests/mitchell/test_verdict.py",
    ),
    Mutant(
        "judge: severity is that of the bounds",
        "true[order] - true[witness], 0.0)",
        "own_low - true[witness], 0.0)",
        "tests/mitchell/test_verdict.py",
    ),
    Mutant(
        "dropout: the scale is inverted",
        "x.astype(wide) / jnp.where(keep > 0, keep, 1)",
        "x.astype(wide) * jnp.where(keep > 0, keep, 1)",
        "tests/nn/test_dropout.py",
    ),
    Mutant(
        "dropout: the rate is the chance to keep",
        ">= self.rate[...].astype(jnp.float32), x)",
        "< self.rate[...].astype(jnp.float32), x)",
        "tests/nn/test_dropout.py",
    ),
    Mutant(
        "fold: batch norm without its epsilon",
        "jax.lax.rsqrt(norm.var[...] + norm.epsilon)",
        "jax.lax.rsqrt(norm.var[...])",
        "tests/nn/test_fold.py",
    ),
    Mutant(
        "fold: the shift of batch norm is lost",
        "bias = bias + affine.shift.astype(wide)",
        "bias = bias + 0 * affine.shift.astype(wide)",
        "tests/nn/test_fold.py",
    ),
    Mutant(
        "penalty: half of L2",
        "hyper.l1 * absolute + hyper.l2 * squared",
        "hyper.l1 * absolute + hyper.l2 * squared / 2",
        "tests/training/test_losses.py",
    ),
    Mutant(
        "rows: the error on S and the error over D are swapped",
        "return Rows(state.step, train_loss, cost, train_error, *true), variables",
        "return Rows(state.step, train_loss, cost, true[0], train_error, *true[1:]), variables",
        "tests/training/test_fit.py",
    ),
    Mutant(
        "batches: each begins with the last example of the one before",
        "epoch_length(hyper.num_train, plan.batch_size)) * plan.batch_size\n",
        "epoch_length(hyper.num_train, plan.batch_size)) * (plan.batch_size - 1)\n",
        "tests/training/test_fit.py tests/training/test_batch_norm_momentum.py",
    ),
    Mutant(
        "replay: a change is in force a step late",
        "for s, k, v in self.changes if s <= step})",
        "for s, k, v in self.changes if s < step})",
        "tests/test_config.py tests/training/test_fit.py",
    ),
    Mutant(
        "undo: rows taken back stay",
        "copy._count = min(count, self._count)",
        "copy._count = self._count",
        "tests/training/test_run.py",
    ),
    Mutant(
        "label noise: the labels that are to stay are flipped",
        "jnp.where(flip < distribution.label_noise, other, y)",
        "jnp.where(flip < distribution.label_noise, y, other)",
        "tests/distributions/test_sample.py -k label_noise_flips",
    ),
    Mutant(
        "label noise: masses keep what flipped labels take",
        "return (1 - self.label_noise) * mass + self.label_noise",
        "return mass + self.label_noise",
        "tests/distributions/test_evaluation.py",
    ),
    Mutant(
        "draws: bounds of a count that is one too large",
        "high = bounds[1][jnp.ceil(count - slack)",
        "high = bounds[0][jnp.ceil(count - slack)",
        "tests/distributions/test_binomial.py",
    ),
    Mutant(
        "wire: an array that changed is not sent",
        "sent[path] if before.arrays.get(path) is given else",
        "sent[path] if path in sent else",
        "tests/panels/kit/test_wire.py",
    ),
    Mutant(
        "wire: rows that changed are taken for known",
        "return int(differ.argmax()) if differ.any() else rows",
        "return rows",
        "tests/panels/kit/test_wire.py",
    ),
    Mutant(
        "store: a number at its default is left out of the key",
        'hyper = _without(fields["hyper"], plain["hyper"], _ALWAYS_NUMBERS)',
        'hyper = _without(fields["hyper"], plain["hyper"], ())',
        "tests/test_config.py tests/test_config_search.py tests/sweeps/store/test_store.py",
    ),
    Mutant(
        "twins: the data may differ",
        "value, own = getattr(twin.hyper, name), getattr(experiment.hyper, name)",
        "value = own = getattr(experiment.hyper, name)",
        "tests/live -k twin",
    ),
    Mutant(
        "L1: the proximal step forgets the learning rate",
        "params = soft_thresholded(params, rate * hyper.l1)",
        "params = soft_thresholded(params, hyper.l1)",
        "tests/training/test_l1.py",
    ),
)


def survived(mutant: Mutant) -> str:
    """Empty where the tests fail, as they should; otherwise what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "reglab"
        skipped = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*cache", ".dev")
        shutil.copytree(ROOT, copy, ignore=skipped)
        places = [p for p in (copy / "reglab").rglob("*.py") if mutant.text in p.read_text("utf-8")]
        if len(places) != 1 or places[0].read_text("utf-8").count(mutant.text) != 1:
            return f"expected the text once in the package, got it in {len(places)} files"
        source = places[0].read_text("utf-8")
        places[0].write_text(source.replace(mutant.text, mutant.broken), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, *mutant.tests.split()],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
        )
    if done.returncode == 1:
        return ""
    return "the tests pass" if done.returncode == 0 else done.stdout[-2000:] + done.stderr[-2000:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names of faults; all where left out")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    chosen = [m for m in MUTANTS if not asked.names or any(n in m.name for n in asked.names)]
    alive = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, fault in zip(chosen, pool.map(survived, chosen), strict=True):
            alive += bool(fault)
            print(f"{mutant.name:<60}{'SURVIVES: ' + fault if fault else 'seen'}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} faults are seen")
    return bool(alive)


if __name__ == "__main__":
    raise SystemExit(main())
