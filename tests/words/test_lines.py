"""Lines break between words, and in Chinese between letters, but not before a full stop."""

import pytest

from reglab.words import catalogue, columns, padded, wrapped

FORMS = sorted({form for _, forms in catalogue("zh").of_files("") for form in forms})


@pytest.mark.parametrize("width", [1, 12, 40])
def test_no_letter_is_lost_and_no_line_starts_with_what_closes(width):
    assert len(FORMS) > 800
    for form in FORMS:
        text = " ".join(form.split())
        lines = wrapped(text, columns, width).split("\n")
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.startswith(tuple("，。、；：？！）》」”’")) for line in lines[1:])
        assert not any(line.endswith(tuple("（《「“‘")) for line in lines[:-1])
        wide = [line for line in lines if columns(line) > width]
        assert all(wrapped(line, columns, 1).count("\n") == 0 for line in wide)


def test_columns_line_up():
    rows = [("步数", "3"), ("error", "12")]
    width = max(columns(name) for name, _ in rows)
    lines = [padded(name, width) + number for name, number in rows]
    assert lines == ["步数 3", "error12"]
    assert columns(lines[0][:-1]) == columns(lines[1][:-2])
