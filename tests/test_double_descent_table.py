"""What docs/double_descent.md says, measured again by its own command."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reglab.theory import double_descent
from reglab.theory.random_features import Model, drawn

ROOT = Path(__file__).parents[1]
COMMAND = ROOT / "benchmarks" / "double_descent.py"
PAGE = (ROOT / "docs" / "double_descent.md").read_text("utf-8")
TEXT = " ".join(PAGE.split())
ERRORS = ("train_error", "true_error", "severity")


def command():
    """The module that prints the table."""
    spec = importlib.util.spec_from_file_location(COMMAND.stem, COMMAND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def of(found, name, width):
    """A column of one width."""
    return getattr(found, name)[..., found.widths.tolist().index(width)]


def test_the_table_is_the_one_that_is_printed(tmp_path):
    picture = tmp_path / "descent.svg"
    process = subprocess.run(
        [sys.executable, COMMAND, "--figure", picture],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.returncode == 0, process.stderr
    assert f"\n\n{process.stdout}\n" in PAGE
    seconds = re.fullmatch(r"28 widths x 10 draws: (\d+\.\d\d) seconds\n", process.stderr)
    assert float(seconds[1]) < 60
    assert picture.read_bytes().startswith(b"<?xml")


def test_the_table_holds_medians_shares_and_the_formula():
    found = double_descent(draws=7, seed=4)
    for row, width in zip(list(command().table(found))[2:], found.widths, strict=True):
        told = [cell.strip() for cell in row.strip("|").split("|")]
        train, true, severity = (100 * np.median(of(found, name, width)) for name in ERRORS)
        formula, share = of(found, "predicted", width), of(found, "share", width)
        assert told[0] == str(width)
        assert told[1:3] == [f"{train:,.1f}", f"{true:,.1f}"]
        assert told[3] == ("∞" if width == 100 else f"{100 * formula:,.1f}")
        assert told[4] == f"{round(7 * share)} of 7"
        assert told[5] == (f"{severity:,.1f}" if share > 0.5 else "")


def test_what_the_page_says_of_ten_draws():
    found = double_descent()
    peak = of(found, "true_error", 100)
    ends = f"{100 * peak.min():,.0f} % to {100 * peak.max():,.0f} %"
    assert f"errors go from {ends}" in TEXT
    assert f"by {100 * np.median(of(found, 'severity', 100)):,.0f} points in the median" in TEXT
    assert set(found.witness[:, found.widths >= 100].ravel()) == {-1, 5, 7, 10}
    assert set(found.widths[found.true_error.argmin(axis=1)]) == {300}
    own = [drawn(Model(100, 300, 0.2, 5, 0.2), 0, draw) for draw in range(10)]
    own = [100 * np.mean((one.y - one.x @ one.weights) ** 2) / 1.04 for one in own]
    assert f"by the noise, {min(own):.1f} to {max(own):.1f} % in these draws" in TEXT
    assert f"only by the Bayes error, {100 * found.bayes:.1f} %" in TEXT


def test_what_the_page_says_of_other_settings():
    many = double_descent(num_features=2000)
    assert f"ends at {100 * many.predicted[-1]:.1f} % by the formula" in TEXT
    assert f"above the first at {100 * many.predicted[many.widths < 50].min():.1f} %" in TEXT
    assert (many.share[many.widths >= 10] == 1).all()
    loud = double_descent(noise=1.0)
    minima = 100 * loud.predicted[loud.widths < 50].min(), 100 * loud.predicted[-1]
    assert f"the minima are {minima[0]:.1f} and {minima[1]:.1f} %" in TEXT


@pytest.mark.slow
def test_what_the_page_says_of_a_thousand_draws():
    found = double_descent((1, 2, 3, 4, 5, 7, 10, 15, 200, 225, 250, 300), draws=1000)
    shares = [100 * of(found, "share", width) for width in (200, 225, 250)]
    words = "width 200 overfit in {:.1f} %, 225 in {:.1f} %, 250 in {:.1f} %, and 300 in none"
    assert words.format(*shares) in TEXT
    assert of(found, "share", 300) == 0
    assert of(found, "interval", 300)[1] < 0.004
    ridge = double_descent(draws=1000, ridge=80.0)
    highest = 100 * np.median(ridge.true_error, axis=0)[ridge.widths > 5].max()
    assert f"no median beyond width 5 is above {highest:.1f} %" in TEXT
    worst = 100 * np.median(ridge.severity, axis=0).max()
    assert f"overfits by {worst:.1f} points at most in the median" in TEXT
    assert f"width 300 overfits in {100 * of(ridge, 'share', 300):.1f} % of the draws" in TEXT
