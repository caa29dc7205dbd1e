"""Populations over several devices and several processes."""

import os
import socket
import subprocess
import sys

import jax
import numpy as np
import pytest

from reglab import fit_population
from tests.training.population.test_population import SMALL

ON_CPUS = os.environ | {"JAX_PLATFORMS": "cpu"}  # of which there can be as many as one likes

DEVICES = """
import sys
import jax
jax.config.update("jax_num_cpu_devices", {devices})
import numpy as np
from reglab import Experiment, MLPConfig, fit, fit_population
base = Experiment.from_json(sys.argv[1])
experiments = [base.replace(seed=seed, dropout_rate=seed / 10) for seed in range(7)]
assert len(jax.devices()) == {devices}
for lanes in (None, 2):
    worst = 0.0
    for run in fit_population(experiments, lanes=lanes):
        alone = fit(run.experiment)
        for a, b in zip(run.history, alone.history, strict=True):
            worst = max(worst, float(np.abs(a - b).max()))
    assert worst <= (1e-5 if lanes is None else 1e-3), worst
"""


@pytest.mark.slow
def test_members_are_the_same_on_three_devices():
    done = subprocess.run(
        [sys.executable, "-c", DEVICES.format(devices=3), SMALL.to_json()],
        capture_output=True,
        text=True,
        env=ON_CPUS,
    )
    assert done.returncode == 0, done.stderr


PROCESSES = """
import sys
import jax
jax.config.update("jax_cpu_collectives_implementation", "gloo")
jax.distributed.initialize(sys.argv[2], num_processes=2, process_id=int(sys.argv[3]))
import numpy as np
from reglab import Experiment, MLPConfig, fit_population
base = Experiment.from_json(sys.argv[1])
assert len(jax.devices()) == 2 and len(jax.local_devices()) == 1
runs = fit_population([base.replace(seed=seed, l2=seed / 100) for seed in range(5)])
x = np.ones((3, 2), np.float32)
columns = [np.stack(run.history) for run in runs]
states = [jax.tree.leaves(run.hypotheses.state(-1)) for run in runs]
weights = [np.concatenate([leaf.ravel() for leaf in leaves]) for leaves in states]
np.savez(sys.argv[4], history=np.stack(columns), weights=np.stack(weights))
"""


@pytest.mark.slow
def test_two_processes_give_the_population_of_one(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    files = [tmp_path / f"{i}.npz" for i in range(2)]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESSES, SMALL.to_json(), address, str(i), str(files[i])],
            stderr=subprocess.PIPE,
            text=True,
            env=ON_CPUS,
        )
        for i in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    alone = fit_population([SMALL.replace(seed=seed, l2=seed / 100) for seed in range(5)])
    history = np.stack([np.stack(run.history) for run in alone])
    weights = [
        np.concatenate([leaf.ravel() for leaf in jax.tree.leaves(run.hypotheses.state(-1))])
        for run in alone
    ]
    for file in files:
        stored = np.load(file)
        np.testing.assert_allclose(stored["history"], history, atol=1e-5)
        np.testing.assert_allclose(stored["weights"], np.stack(weights), atol=1e-5)
