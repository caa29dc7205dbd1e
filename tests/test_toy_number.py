"""A further number of ``Hyper`` takes a field and a record, beside the line that it acts in."""

import numpy as np
import pytest

from tests.copied_tree import changed, copied, told

FIELD = "    toy: float = 0.0\n"
HELP = "Adds this times the mean of the squared scores to the loss."
RECORD = f"""    Knob(
        name="toy",
        label="toy penalty",
        range=Range(0, 2),
        group="Remedies",
        ladder=(0.0, 0.25, 0.5, 1.0),
        help="{HELP}",
        spread=Spread(0.0, 1.0, num_values=3),
        short="toy",
        risk="size",
        is_share=True,
    ),
"""
EFFECT = " + hyper.toy * jnp.mean(jnp.square(logits))"

# In each file the line before which another is put.
EDITS = {
    "config/hyper.py": {"    warmup_steps: int = 0\n": FIELD},
    "config/knobs.py": {'    Knob(\n        name="learning_rate",\n': RECORD},
    "training/step.py": {"\n        return cost, written\n": EFFECT},
}

USE = """
import json
import reglab
from reglab import Experiment, Grid, Hyper, MLPConfig, Session, fit, fit_population, twins
from reglab.mitchell import frequencies
from reglab.panels.controls import TWIN, Controls
from reglab.panels.population_controls import PopulationControls
from reglab.live.population.tally import Tally
from reglab.training import name_of
from reglab.training.divergence import cause_of

small = Experiment(
    max_train=20, model=MLPConfig((4,)), num_steps=12, eval_every=6, hyper=Hyper(num_train=20)
)
asked = []
controls = Controls(
    set=lambda **values: asked.append(["set", values]),
    add_twin=lambda **values: asked.append(["add_twin", values]),
    configure=print, apply_remedy=print, shift=print,
)
slider = controls.sliders["toy"].widget
controls.show(small, small.hyper)
slider.value = 0.5
controls.mode.value = TWIN
slider.value = 0.25
room = PopulationControls(print)
room.varied.value = "toy penalty"
room.draws.value = 2

pair = twins(small, toy=[0.0, 0.5])
runs = [fit(twin) for twin in pair]
population = fit_population(Grid(small, product={"toy": [0.0, 0.5], "draw": [small.draw, 0]}))
tally = Tally("hyper.toy")
tally.add(population)
with Session(small) as session:
    session.set(toy=0.5)
    assert session.wait(60)
    frame = session.frame
try:
    small.replace(toy=3)
except ValueError as error:
    refused = str(error)
raised = small.replace(changes=((6, "toy", 2.0),))
print(json.dumps({
    "package": reglab.__file__,
    "slider": [slider.description, slider.tooltip, [label for label, _ in slider.options]],
    "asked": asked,
    "grid": room.grid().product["toy"],
    "names": [name_of(twin) for twin in pair],
    "read back": [Experiment.from_json(twin.to_json()) == twin for twin in pair],
    "losses": [run.history.train_loss.tolist() for run in runs],
    "of members": [
        member.history.train_loss.tolist()
        for member in population
        if member.experiment.draw == small.draw
    ],
    "values": frequencies(population, "toy").values.tolist(),
    "frequency": [tally.frequency().varies, tally.frequency().unit],
    "bands": [band.name for band in tally.bands()],
    "change": frame.runs[0].changes,
    "refused": refused,
    "cause": cause_of(raised, [0, 6], 1.0).knob,
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with one number more."""
    return copied(tmp_path_factory.mktemp("toy"), EDITS)


def test_a_number_touches_two_files_beside_its_effect(copy):
    assert set(changed(copy)) == EDITS.keys()
    assert len(EDITS.keys() - {"training/step.py"}) == 2


@pytest.mark.slow
def test_a_further_number_is_a_slider_a_twin_a_grid_and_has_words(copy):
    said = told(copy, USE)
    losses, of_members = said.pop("losses"), said.pop("of members")
    np.testing.assert_allclose(of_members, losses, rtol=2e-6)
    assert losses[0][0] == losses[1][0]  # before the first step
    assert losses[0][-1] < losses[1][-1]  # as it drives scores to 0
    assert said == {
        "package": str(copy / "__init__.py"),
        "slider": ["toy penalty", HELP, ["0 %", "25 %", "50 %", "100 %"]],
        "asked": [["set", {"toy": 0.5}], ["add_twin", {"toy": 0.25}]],
        "grid": [0.0, 0.5, 1.0],
        "names": ["plain", "toy 0.5"],
        "read back": [True, True],
        "values": [0.0, 0.5],
        "frequency": ["toy penalty", "%"],
        "bands": ["at toy penalty 0 %", "at toy penalty 50 %"],
        "change": [[0, "toy penalty 50 %"]],
        "refused": "toy: expected a number from 0 to 2, got 3",
        "cause": "toy",
    }
