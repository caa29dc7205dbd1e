"""A further remedy takes its words and its name among the choices, beside what it does."""

import pytest

from tests.copied_tree import changed, copied, told

EFFECT = '''"""The last rows of a run, and no others, vote."""

from reglab.distributions import ErrorEstimate
from reglab.training.errors import errors_of
from reglab.training.remedies.ensembles import ensemble
from reglab.training.run import RunLike

ROWS = 3


def newest(run: RunLike) -> ErrorEstimate:
    """The true error of the last three hypotheses as one."""
    return errors_of(ensemble(run.hypotheses[-ROWS:]), run).true_error
'''
NEW = {"training/remedies/newest.py": EFFECT}
DONE = """def _newest(runs: Sequence[Run], current: int) -> Outcome:
    run = runs[current]
    return Outcome(
        say(
            "The newest {count} rows err {error} over {over}; alone {last}.",
            count=ROWS,
            **_beside(interval_of(newest(run)), run),
        )
    )


"""
CHOICE = """    "newest rows": Remedy(say("newest rows"), _newest),
"""
WORDS = """#: live/board/remedies.py
msgid "The newest {count} rows err {error} over {over}; alone {last}."
msgstr "最新 {count} 行在{over}上的错误率为 {error}；单独一行为 {last}。"

#: live/board/remedies.py
msgid "newest rows"
msgstr "最新几行"

"""
IMPORT = "from reglab.training.remedies.newest import ROWS, newest\n"

# In each file the lines before which others are put.
EDITS = {
    "live/board/remedies.py": {
        "\n\nclass Outcome": IMPORT,
        "REMEDIES: dict[str, Remedy]": DONE,
        '    "Monte Carlo dropout"': CHOICE,
    },
    "words/zh.po": {'#: live/board/remedies.py\nmsgid "Monte Carlo dropout"': WORDS},
}

USE = """
import json
import reglab
from reglab import Experiment, Hyper, MLPConfig
from reglab.live import REMEDIES
from reglab.panels import MitchellLab
from reglab.training.remedies.newest import newest

small = Experiment(
    max_train=20, model=MLPConfig((4,)), num_steps=30, eval_every=6, hyper=Hyper(num_train=20)
)
lab = MitchellLab(small)
lab.session.play()
assert lab.session.wait(120)
remedies = lab._controls.remedy
remedies.choice.value = "newest rows"
remedies.apply.click()
lab.session.do(lambda: None).result(120)
from reglab.panels.speech import speak

english = remedies.said.value
speak(lab, "zh")
print(json.dumps({
    "package": reglab.__file__,
    "choices": list(remedies.choice.options),
    "label": remedies.choice.label,
    "said": english,
    "chinese": remedies.said.value,
    "error": newest(lab.session.runs[0]).value,
    "last": float(lab.session.runs[0].history.true_error[-1]),
}))
lab.close()
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with one remedy more."""
    return copied(tmp_path_factory.mktemp("toy"), EDITS, NEW)


def test_a_remedy_touches_two_files_beside_its_effect(copy):
    assert set(changed(copy)) == {*EDITS, *NEW}
    assert len(EDITS) == 2


@pytest.mark.slow
def test_a_further_remedy_is_chosen_applied_and_told_in_the_panel(copy):
    said = told(copy, USE)
    error, last = said.pop("error"), said.pop("last")
    assert said["package"] == str(copy / "__init__.py")
    assert "newest rows" in said["choices"]
    assert "The newest 3 rows err" in said["said"]
    assert said["chinese"].startswith("最新 3 行在整个实例分布上的错误率为 ")
    assert said["label"] == "最新几行"
    assert f"{100 * error:.1f}" in said["said"]
    assert f"{100 * last:.1f}" in said["said"]
