"""A further number and a further remedy, as the page adds them: lines of a copy of the package."""

import shutil

import numpy as np
import pytest

from tests import page
from tests.copied_tree import changed, copied, passed, told
from tests.test_page import TABLE

WORDS = "reglab/words/zh.po"
EFFECTS = {
    "A number": "reglab/training/step.py",
    "A remedy": "reglab/training/remedies/newest.py",
}
HELP = "Adds this times the mean of the squared scores to the loss."

SMALL = """
import json
import reglab
from reglab import Experiment, Grid, Hyper, MLPConfig, Session, fit, fit_population, twins

small = Experiment(
    max_train=20, model=MLPConfig((4,)), num_steps=12, eval_every=6, hyper=Hyper(num_train=20)
)
said = {"package": reglab.__file__}
"""

NUMBER = """
from reglab.live.population.tally import Tally
from reglab.mitchell import frequencies
from reglab.panels.board.controls import TWIN, Controls
from reglab.panels.population.controls import PopulationControls
from reglab.panels.kit.speech import speak
from reglab.training import name_of
from reglab.training.divergence import cause_of

asked = []
controls = Controls(
    set=lambda **values: asked.append(["set", values]),
    add_twin=lambda **values: asked.append(["add_twin", values]),
    configure=print, apply_remedy=print, shift=print,
)
slider = controls.sliders["score_penalty"].widget
controls.show(small, small.hyper)
slider.value = 0.5
controls.mode.value = TWIN
slider.value = 0.25
room = PopulationControls(print)
room.varied.value = "score penalty"
room.draws.value = 2

pair = twins(small, score_penalty=[0.0, 0.5])
runs = [fit(twin) for twin in pair]
grid = Grid(small, product={"score_penalty": [0.0, 0.5], "draw": [small.draw, 0]})
population = fit_population(grid)
tally = Tally("hyper.score_penalty")
tally.add(population)
with Session(small) as session:
    session.set(score_penalty=0.5)
    assert session.wait(60)
    frame = session.frame
try:
    small.replace(score_penalty=3)
except ValueError as error:
    refused = str(error)
raised = small.replace(changes=((6, "score_penalty", 2.0),))
english = [slider.description, slider.tooltip, [label for label, _ in slider.options]]
speak(slider, "zh")
said["number"] = {
    "slider": english,
    "chinese": [slider.description, slider.tooltip],
    "asked": asked,
    "grid": room.grid().product["score_penalty"],
    "names": [name_of(twin) for twin in pair],
    "read back": [Experiment.from_json(twin.to_json()) == twin for twin in pair],
    "losses": [run.history.train_loss.tolist() for run in runs],
    "of members": [
        member.history.train_loss.tolist()
        for member in population
        if member.experiment.draw == small.draw
    ],
    "values": frequencies(population, "score_penalty").values.tolist(),
    "frequency": [tally.frequency().varies, tally.frequency().unit],
    "bands": [band.name for band in tally.bands()],
    "change": frame.runs[0].changes,
    "refused": refused,
    "cause": cause_of(raised, [0, 6], 1.0).knob,
}
"""

REMEDY = """
from reglab.panels import MitchellLab
from reglab.training.remedies.newest import newest

lab = MitchellLab(small)
lab.session.play()
assert lab.session.wait(120)
remedies = lab.controls.remedy
remedies.choice.value = "newest rows"
remedies.apply.click()
lab.session.do(lambda: None).result(120)
english = remedies.said.value
speak(lab, "zh")
said["remedy"] = {
    "choices": list(remedies.choice.options),
    "label": remedies.choice.label,
    "said": english,
    "chinese": remedies.said.value,
    "error": newest(lab.session.runs[0]).value,
    "last": float(lab.session.runs[0].history.true_error[-1]),
}
lab.close()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with a number and a remedy more."""
    return copied(tmp_path_factory.mktemp("toys"), *EFFECTS)


@pytest.fixture(scope="module")
def said(copy):
    """What became of both where they were used, in one process."""
    said = told(copy.parent, SMALL + NUMBER + REMEDY)
    assert said["package"] == str(copy / "__init__.py")
    return said


def test_each_touches_two_files_at_most_beside_its_effect_and_its_words(copy):
    files = {section: page.files(section) for section in EFFECTS}
    for section, effect in EFFECTS.items():
        assert effect in files[section]
        assert len(files[section] - {effect, WORDS}) <= 2
    assert {f"reglab/{path}" for path in changed(copy)} == set.union(*files.values())


@pytest.mark.slow
def test_a_further_number_is_a_slider_a_twin_a_grid_and_has_words(said):
    said = dict(said["number"])
    losses, of_members = said.pop("losses"), said.pop("of members")
    np.testing.assert_allclose(of_members, losses, rtol=2e-6)
    assert losses[0][0] == losses[1][0]  # before the first step
    assert losses[0][-1] < losses[1][-1]  # as it drives scores to 0
    assert said == {
        "slider": ["score penalty", HELP, ["0", "0.25", "0.5", "1"]],
        "chinese": ["得分惩罚", "在损失中加上得分平方的均值乘以此值。"],
        "asked": [["set", {"score_penalty": 0.5}], ["add_twin", {"score_penalty": 0.25}]],
        "grid": [0.0, 0.5, 1.0],
        "names": ["plain", "score penalty 0.5"],
        "read back": [True, True],
        "values": [0.0, 0.5],
        "frequency": ["score penalty", ""],
        "bands": ["at score penalty 0", "at score penalty 0.5"],
        "change": [[0, "score penalty 0.5"]],
        "refused": "score_penalty: expected a number from 0 to 2, got 3",
        "cause": "score_penalty",
    }


@pytest.mark.slow
def test_a_further_remedy_is_chosen_applied_and_told_in_the_panel(said):
    said = said["remedy"]
    assert "newest rows" in said["choices"]
    assert "The vote of the newest 3 rows errs" in said["said"]
    assert said["chinese"].startswith("最新 3 行的投票在整个实例分布上的错误率为 ")
    assert said["label"] == "最新几行"
    assert f"{100 * said['error']:.1f}" in said["said"]
    assert f"{100 * said['last']:.1f}" in said["said"]


@pytest.mark.slow
def test_the_tests_that_the_table_names_run_over_both(copy):
    files = {f"A{kind[1:]}": test for kind, _, _, _, test in TABLE}
    for name in ("tests", "docs"):
        shutil.copytree(page.ROOT / name, copy.parent / name)
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(page.ROOT / name, copy.parent)
    number, remedy = (files[section] for section in EFFECTS)
    found = passed(copy.parent, number, remedy, files["A language"])
    assert {test.partition("::")[0] for test in found} == {number, remedy, files["A language"]}
    assert any(test.startswith(number) and test.endswith("[score_penalty]") for test in found)
    assert f"{remedy}::test_every_choice_makes_a_sentence_with_no_gap" in found
