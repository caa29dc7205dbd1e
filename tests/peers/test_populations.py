"""Four ways to train a population do the same work; the benchmark tells how fast each is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.peers
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "populations.py"


def test_the_ways_agree_and_each_has_its_rate(capsys):
    command = [sys.executable, str(BENCHMARK), "--members", "24", "--repeats", "1"]
    own = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(command, capture_output=True, text=True, env=own)
    assert done.returncode == 0, done.stderr
    with capsys.disabled():
        print(f"\n{done.stdout}")
    table = re.findall(r"^(\S+) +([\d.]+) +([\d.]+) +([\d.]+) %$", done.stdout, re.MULTILINE)
    assert [row[0] for row in table] == ["PyTorch", "torch.func", "MLPClassifier", "reglab"]
    errors = [float(row[3]) for row in table]
    # 24 networks' errors spread by 3 points: 4 standard errors of a difference are 3.5 points
    assert max(errors) - min(errors) < 3.5
