"""What ``docs/joining.md`` says to write: the files of its blocks, and lines of reglab."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "joining.md"
OUTSIDE = "mine"  # the package that the page makes


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        section: the heading that it stands under.
        kind: ``python``, ``js``, ``po``: a file or what comes at its end; ``diff``: lines of one.
        path: of that file, which the first line of the block names.
        text: the lines below.
    """

    section: str
    kind: str
    path: str
    text: str

    def write(self, root: Path) -> None:
        """Does below a folder what the block says."""
        path = root / self.path
        if self.kind == "diff":
            path.write_text(patched(path.read_text("utf-8"), self.text), "utf-8")
            return
        assert self.kind == "po" or not path.exists(), f"{path}: is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{self.text}" if file.tell() else self.text)


def patched(text: str, diff: str) -> str:
    """A text with the lines of a diff, whose hunks stand between ``@@`` and show where."""
    for hunk in diff.split("@@\n"):
        lines = [line or " " for line in hunk.splitlines()]
        assert {line[0] for line in lines} <= set(" +-"), hunk
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        new = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
        assert f"\n{text}".count(f"\n{old}") == 1, f"expected these lines once:\n{old}"
        text = f"\n{text}".replace(f"\n{old}", f"\n{new}")[1:]
    return text


def blocks(text: str) -> list[Block]:
    """The blocks of a page, in their order; each names its file."""
    found = []
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title = section.partition("\n")[0]
        for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", section, re.M | re.S):
            first, _, rest = block.partition("\n")
            path = re.match(r"(?:#|//) (\S+)$", first)
            assert path, f"{title}: expected a block that names its file"
            found.append(Block(title, kind, path[1], rest))
    return found


BLOCKS = blocks(PAGE.read_text("utf-8"))


def files(section: str) -> set[str]:
    """The files that a section writes or edits."""
    return {block.path for block in BLOCKS if block.section == section}


def write(root: Path, *sections: str) -> None:
    """Does what sections say below a folder; without any, writes the package of one's own."""
    for block in BLOCKS:
        if block.section in sections or (not sections and block.path.startswith(f"{OUTSIDE}/")):
            block.write(root)
