"""The table of CONTRIBUTING and the page that it leads to say the same, and no file is missing."""

import re

import pytest

from tests import page

TABLE = re.findall(
    r"^\| \[(.+?)\]\(docs/joining\.md#(.+?)\) \| (.+?) \| `(.+?)` \| `(.+?)` \|$",
    (page.ROOT / "CONTRIBUTING.md").read_text("utf-8"),
    re.M,
)


def test_each_section_has_its_row():
    sections = list(dict.fromkeys(block.section for block in page.BLOCKS))
    assert [section.lower() for section in sections[1:]] == [kind for kind, *_ in TABLE]
    assert sections[0] == "From outside"


@pytest.mark.parametrize(("kind", "anchor", "files", "line", "tests"), TABLE)
def test_a_row_says_what_its_section_does(kind, anchor, files, line, tests):
    assert anchor == kind.replace(" ", "-")
    section = f"A{kind[1:]}"
    code = "".join(block.text for block in page.BLOCKS if block.section == section)
    assert re.search(rf"^\+? *{re.escape(line)}$", code, re.M)
    for path in re.findall(r"`(.+?)`", files):
        assert f"reglab/{path}" in page.files(section)
        assert (page.ROOT / "reglab" / path).is_file()
    assert (page.ROOT / tests).is_file()


def test_members_from_outside_touch_no_file_of_reglab():
    for section in dict.fromkeys(block.section for block in page.BLOCKS):
        inside = section in ("A number", "A remedy")
        folders = {path.partition("/")[0] for path in page.files(section)}
        assert folders == {"reglab" if inside else page.OUTSIDE}


def test_lines_that_are_not_there_once_are_refused():
    text = "a\nb\na\nb\nc\n"
    assert page.patched(text, " b\n+x\n c\n@@\n-c\n+d\n") == "a\nb\na\nb\nx\nd\n"
    for diff in (" a\n+x\n", " q\n+x\n", " \n+x\n"):
        with pytest.raises(AssertionError, match="expected these lines once"):
            page.patched(text, diff)


def test_a_block_without_a_file_is_refused():
    with pytest.raises(AssertionError, match="A room: expected a block that names its file"):
        page.blocks("# Title\n\n## A room\n\n```python\nimport reglab\n```\n")
