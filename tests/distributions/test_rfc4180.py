"""Quotes, delimiters and line ends: what RFC 4180 lets through, and where a fault lies."""

import csv
import io

import numpy as np
import pytest

from reglab import Experiment, Hyper, LinearConfig, distributions, fit
from reglab.distributions.rfc4180 import Records, delimiter_of

EXPERIMENT = Experiment(
    max_train=20, num_steps=2, eval_every=2, model=LinearConfig(), hyper=Hyper(num_train=20)
)


def records(text, delimiter=",", **options):
    lines = io.StringIO(text, newline="")
    return [fields for _, fields in Records(lines, delimiter, **options)]


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        return path

    return write


def rows(count=40, label="ab"):
    return "".join(f"{i},{2 * i},{label[i % len(label)]}\n" for i in range(count))


def test_strict_text_is_read_as_pythons_reader_reads_it():
    rng = np.random.default_rng(0)
    pieces = ["a", "1", " ", ",", ";", '"', "\n", "\r\n", "ä", "''"]
    for _ in range(500):
        shape = rng.integers(1, 5), rng.integers(2, 4)
        cells = [
            ["".join(rng.choice(pieces, rng.integers(0, 5))) for _ in range(shape[1])]
            for _ in range(shape[0])
        ]
        end = ["\n", "\r\n"][rng.integers(2)]
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(cells)
        assert records(out.getvalue()) == cells
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator=end).writerows(cells)
        assert records(out.getvalue()) == cells


def test_what_is_let_through_has_one_reading():
    rng = np.random.default_rng(1)
    num_read = 0
    for _ in range(5000):
        text = "".join(rng.choice(["a", ",", '"', "\n", "b", '""'], rng.integers(1, 14)))
        try:
            ours = records(text)
        except ValueError:
            continue
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert ours == [fields for fields in lines if fields]
        num_read += 1
    assert num_read > 1000


def test_line_ends_of_every_system():
    for end in ("\n", "\r\n", "\r"):
        assert records(end.join(["a,b", '"1",2', "", "  ", "3,4"])) == [
            ["a", "b"],
            ["1", "2"],
            ["3", "4"],
        ]


def test_comments_end_a_line_outside_of_quotes():
    text = '# by "hand\na,b\n1,"#2"\n3,4 # four\n"5",6#\n"7","8"  # a\n #\n'
    assert records(text, comment="#") == [
        ["a", "b"],
        ["1", "#2"],
        ["3", "4 "],
        ["5", "6"],
        ["7", "8"],
    ]


STRAY = "csv: expected quotes around whole fields alone, got "
OPEN = "csv: expected the quote that opens in line {} to be closed, got "
ODD = {
    "inside a field": ('1,2,5" pipe\n', STRAY + "'5\" pipe' in line 12"),
    "at the end of a field": ('1,2,a"\n', STRAY + "'a\"' in line 12"),
    "after a blank": ('1,2, "a"\n', STRAY + "' \"a\"' in line 12"),
    "text behind": ('1,2,"a"b\n', STRAY + "'\"a\"b' in line 12"),
    "a blank behind": ('1,2,"a" \n', STRAY),
    "escaped by a slash": ('1,2,"a \\"b\\" c"\n', STRAY),
    "text behind, lines later": (
        '1,2,"a\nand so on"b\n',
        STRAY + "'\"a\\nand so on\"b' in line 12",
    ),
    "never closed": ('1,2,"a\n', OPEN.format(12) + "a row of the table in line 13"),
    "never closed, in a number": ('"1,2,a\n', OPEN.format(12) + "a row of the table in line 13"),
    "closed ten rows on": (
        '"1,2,a\n' + rows(10) + '1",2,a\n',
        OPEN.format(12) + "a row of the table in line 13",
    ),
    "closed in the next row": (
        '"1,2,a\n1",2,a\n',
        OPEN.format(12) + "a row of the table in line 13",
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_stray_quote_is_refused_with_the_line_where_it_is(kind, written):
    text, said = ODD[kind]
    path = written("x,z,label\n" + rows(10) + text + rows(10))
    with pytest.raises(ValueError) as error:  # noqa: PT011
        fit(EXPERIMENT, distribution=distributions.csv(path, target="label", features=["x"]))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_quote_that_the_last_line_leaves_open_is_refused(written):
    for head in ("x,z,label\n", '"x",z,"label"\r\n'):
        with pytest.raises(ValueError, match=r"opens in line 12 .* the end of the file"):
            distributions.csv(written(head + rows(10) + '1,2,"a\n'), target="label")
    with pytest.raises(ValueError, match="opens in line 1 to be closed, got the end of the file"):
        distributions.csv(written('"x,z,label\n' + rows(10)), target="label")


def test_quotes_in_a_column_that_nobody_uses_drop_no_row(written):
    notes = ['"odd' if i == 10 else "ok" for i in range(40)]
    lines = [f"{i},{'ab'[i % 2]},{note}" for i, note in enumerate(notes)]
    path = written("x,label,note\n" + "\n".join(lines) + "\n")
    with pytest.raises(ValueError, match="the quote that opens in line 12"):
        distributions.csv(path, target="label", features=["x"])


def test_texts_of_several_lines_are_read(written):
    notes = ['"first, then\nsecond"', '"He said ""no"",\r\n\r\nand left;"', '"\n"', '""', "plain"]
    text = "".join(f"{i},{notes[i % 5]},{'ab'[i % 2]}\n" for i in range(40))
    path = written("x,note,label\n" + text)
    data = distributions.csv(path, target="label", features=["x"], standardize=False)
    everything = np.concatenate([data.examples.x, data.examples.test_x])
    np.testing.assert_array_equal(np.sort(everything[:, 0]), np.arange(40))
    with pytest.raises(ValueError, match=r"'note', got 'first, then.nsecond' in line 2"):
        distributions.csv(path, target="label")


@pytest.mark.parametrize(
    "head",
    [
        '"height, m";"weight, kg";label',
        '"weight\n(kg)";"b";label',
        '"a ""b"", c, d";e;label',
        "height, m;weight, kg;label",
        "sep=;\na;b;label",
        '"sep=;"\r\na;b;label',
        "SEP=;\na, a, a;b, b;label",
    ],
)
def test_the_delimiter_is_found_outside_of_quotes(head, written):
    text = "".join(f"{i},5;{i};{'ab'[i % 2]}\n" for i in range(20))
    data = distributions.csv(written(head + "\n" + text), target="label", decimal=",")
    assert data.input_shape == (2,)
    assert data.examples.classes == ("a", "b")


def test_a_line_is_named_below_the_one_for_excel(written):
    with pytest.raises(ValueError, match="got 'x' in line 4"):
        distributions.csv(written("sep=;\na;label\n1;a\nx;b\n"), target="label")


def test_the_delimiter_of_one_line_alone():
    assert delimiter_of("a|b") == "|"
    assert delimiter_of("") == ","
    assert delimiter_of('"a|b|c"') == ","


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"delimiter": ", "}, "delimiter: expected one character that is no quote, got ', '"),
        ({"delimiter": '"'}, "delimiter: expected one character"),
        ({"delimiter": ""}, "delimiter: expected one character"),
        ({"comment": "//"}, "comment: expected one character"),
        ({"comment": ",", "delimiter": ","}, "comment: expected a mark of its own"),
        ({"decimal": "'"}, "decimal: expected '.' or ',', got"),
        ({"encoding": "utf-9"}, "csv: expected a table in utf-9 at table.csv, got unknown enc"),
    ],
)
def test_odd_marks_are_refused(options, said, written):
    with pytest.raises(ValueError, match=said) as error:
        distributions.csv(written("a,label\n" + rows()), target="label", **options)
    assert "\n" not in str(error.value)


def test_a_zero_byte_is_refused(written):
    with pytest.raises(ValueError, match="csv: expected text, got a zero byte in line 2"):
        distributions.csv(written("a,label\n1\0,a\n"), target="label")
