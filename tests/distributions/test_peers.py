"""pandas as oracle: the same files, the same values and classes; or a refusal with its reason.

Each file holds 24 rows. ``ours`` are the options of ``distributions.csv``, ``theirs`` those of
``pandas.read_csv``.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from reglab import Experiment, Hyper, LinearConfig, distributions, fit

ROWS = [(i, 0.5 * i - 3, "red" if i % 3 else "blue") for i in range(24)]
COLUMNS = ("a", "b", "kind")


class File(NamedTuple):
    """A file, and how both read it; ``said`` where it is refused."""

    content: bytes
    ours: dict
    theirs: dict
    said: str = ""


def text(head, row, end="\n", last=True):
    lines = [head, *(row(*values) for values in ROWS)]
    return end.join(lines) + (end if last else "")


def joined(mark=","):
    return text(mark.join(COLUMNS), lambda a, b, kind: f"{a}{mark}{b}{mark}{kind}")


def file(content, ours=None, theirs=None, encoding="utf-8", said=""):
    return File(content.encode(encoding), ours or {}, theirs or {}, said)


def comma(number):
    return str(number).replace(".", ",")


def with_row(number, line, content=None):
    lines = (joined() if content is None else content).splitlines(keepends=True)
    return "".join([*lines[:number], line, *lines[number:]])


def dated(row):
    return text("when,a,b,kind", lambda a, b, kind: f"2024-03-{a + 1:02},{row(a, b, kind)}")


def plain(a, b, kind):
    return f"{a},{b},{kind}"


DECIMAL = text("a;b;kind", lambda a, b, kind: f"{a};{comma(b)};{kind}")
UMLAUT = joined().replace("red", "röt").replace("a,b", "ä,b")
QUOTED = text('"a, in m","b ""wide""",kind', lambda a, b, kind: f'"{a}","{b}","{kind}, or so"')
LONG = text("a,b,note,kind", lambda a, b, kind: f'{a},{b},"one\ntwo, ""{a}""\n",{kind}')
READ = {
    "commas": file(joined()),
    "semicolons": file(joined(";"), theirs={"sep": ";"}),
    "tabs": file(joined("\t"), theirs={"sep": "\t"}),
    "bars": file(joined("|"), theirs={"sep": "|"}),
    "carets": file(joined("^"), {"delimiter": "^"}, {"sep": "^"}),
    "blanks between": file(joined(" "), {"delimiter": " "}, {"sep": " "}),
    "byte order mark": file(joined(), encoding="utf-8-sig"),
    "UTF-16": file(joined(), {"encoding": "utf-16"}, {"encoding": "utf-16"}, "utf-16"),
    "UTF-16 of Excel": file(
        UMLAUT.replace(",", "\t").replace("\n", "\r\n"),
        {"encoding": "utf-16"},
        {"encoding": "utf-16", "sep": "\t"},
        "utf-16",
    ),
    "Latin-1": file(UMLAUT, {"encoding": "latin-1"}, {"encoding": "latin-1"}, "latin-1"),
    "Windows-1252": file(
        UMLAUT.replace("blue", "€"), {"encoding": "cp1252"}, {"encoding": "cp1252"}, "cp1252"
    ),
    "UTF-8 names": file(UMLAUT),
    "line ends of Windows": file(joined().replace("\n", "\r\n")),
    "line ends of an old Mac": file(joined().replace("\n", "\r")),
    "no last line end": file(joined().rstrip("\n")),
    "empty lines": file(joined().replace("\n", "\n\n")),
    "lines of blanks": file(with_row(5, "   \n")),
    "quotes": file(QUOTED),
    "quotes everywhere": file(text('"a","b","kind"', lambda *row: '"{}","{}","{}"'.format(*row))),
    "delimiters in quotes": file(
        text('"a, in, all";"b, too";kind', lambda a, b, kind: f'{a};{b};"{kind}, or; so"'),
        theirs={"sep": ";"},
    ),
    "line ends in quotes": file(LONG, {"features": ["a", "b"]}, {"usecols": ["a", "b", "kind"]}),
    "line end in a name": file(joined().replace("b,kind", '"b\n(cm)",kind')),
    "decimal commas": file(DECIMAL, {"decimal": ","}, {"sep": ";", "decimal": ","}),
    "decimal commas in quotes": file(
        text("a,b,kind", lambda a, b, kind: f'{a},"{comma(b)}",{kind}'),
        {"decimal": ","},
        {"decimal": ","},
    ),
    "decimal commas between tabs": file(
        DECIMAL.replace(";", "\t"), {"decimal": ","}, {"sep": "\t", "decimal": ","}
    ),
    "exponents": file(text("a,b,kind", lambda a, b, kind: f"{a:.3e},{b}E-5,{kind}")),
    "digits of 64 bits": file(text("a,b,kind", lambda a, b, kind: f"{a / 7!r},{b / 9!r},{kind}")),
    "signs and bare points": file(text("a,b,kind", lambda a, b, kind: f"+{a},{a}.,{kind}")),
    "truth values": file(text("a,b,kind", lambda a, b, kind: f"{a},{a % 2 == 1},{kind}")),
    "truth values in capitals": file(
        text("a,b,kind", lambda a, b, kind: f"{a},{str(a % 2 == 1).upper()},{kind}")
    ),
    "identifiers": file(
        text("id,a,b,kind", lambda a, b, kind: f"A-{a:03},{plain(a, b, kind)}"),
        {"features": ["a", "b"]},
        {"usecols": ["a", "b", "kind"]},
    ),
    "dates": file(dated(plain), {"features": ["a", "b"]}, {"usecols": ["a", "b", "kind"]}),
    "row numbers": file(
        text(",a,b,kind", lambda a, b, kind: f"{a},{plain(a, b, kind)}"),
        {"features": ["a", "b"]},
        {"index_col": 0},
    ),
    "missing values elsewhere": file(
        text("a,b,note,kind", lambda a, b, kind: f"{a},{b},{'' if a % 2 else 'NA'},{kind}"),
        {"features": ["a", "b"]},
        {"usecols": ["a", "b", "kind"]},
    ),
    "comments": file(
        "# measured by hand\n" + with_row(7, "# from here on by machine\n"),
        {"comment": "#"},
        {"comment": "#"},
    ),
    "comments behind rows": file(
        joined().replace("red\n", "red# as seen\n"), {"comment": "#"}, {"comment": "#"}
    ),
    "a line for Excel": file("sep=;\n" + joined(";"), theirs={"sep": ";", "skiprows": 1}),
    "classes 1 to 3": file(text("a,b,kind", lambda a, b, kind: f"{a},{b},{a % 3 + 1}")),
    "classes as 1.0": file(text("a,b,kind", lambda a, b, kind: f"{a},{b},{a % 3 + 1}.0")),
    "class 10 after 9": file(text("a,b,kind", lambda a, b, kind: f"{a},{b},{a % 2 + 9}")),
    "codes with zeros": file(
        text("a,b,kind", lambda a, b, kind: f"{a},{b},0{a % 3}"), theirs={"dtype": {"kind": str}}
    ),
    "target in the middle": file(text("a,kind,b", lambda a, b, kind: f"{a},{kind},{b}")),
}

MISSING = joined().replace("5,-0.5,", "5,,")
THOUSANDS = text("a,b,kind", lambda a, b, kind: f'"{a + 1},234",{b},{kind}')
SHORTER = text("a,b,kind", lambda a, b, kind: f"{a},{a},{b},{kind}")
ALL = {"usecols": ["a", "b", "kind"]}
REFUSED = {
    "a missing number": file(  # no network takes it; pandas makes a NaN
        MISSING, said="csv: expected a number in column 'b', got a missing value in line 7; fill it"
    ),
    "a row that is cut short": file(  # pandas makes a NaN of what is not there
        with_row(5, "4,1\n"), said="csv: expected 3 columns, got 2 in line 6"
    ),
    "a missing class": file(  # pandas makes a NaN, which is no class
        joined().replace("blue", "NA"), said="a class in column 'kind', got a missing value in line"
    ),
    "an infinite number": file(  # no mean, no scale
        joined().replace(",-0.5,", ",-inf,"),
        said="number in column 'b', got '-inf' in line 7; fill",
    ),
    "marks of thousands": file(  # 1,234 is 1.234 in half of Europe
        THOUSANDS, theirs={"thousands": ","}, said="got '1,234' in line 2; for a decimal comma say"
    ),
    "dates as inputs": file(  # pandas leaves them as text
        dated(plain), said="csv: expected a number in column 'when', got '2024-03-01' in line 2; na"
    ),
    "row numbers as an input": file(  # of a sorted table they give the class away
        text(",a,b,kind", lambda a, b, kind: f"{a},{plain(a, b, kind)}"),
        said="csv: expected a name for every column, got '' for column 1, which may number the",
    ),
    "a name too few": file(  # pandas takes the first column for an index
        SHORTER, said="csv: expected 3 columns, got 4 in line 2"
    ),
    "inches": file(  # no RFC 4180; pandas keeps the quote, where another reader would not
        text("a,b,size,kind", lambda a, b, kind: f'{a},{b},{a}" pipe,{kind}'),
        {"features": ["a", "b"]},
        ALL,
        said="csv: expected quotes around whole fields alone, got '0\" pipe' in line 2",
    ),
    "two stray quotes": file(  # pandas makes one row of eleven
        text(
            "note,a,b,kind",
            lambda a, b, kind: (
                f"{ {5: chr(34) + 'p', 15: 'p' + chr(34)}.get(a, 'p') },{a},{b},{kind}"
            ),
        ),
        {"features": ["a", "b"]},
        ALL,
        said="csv: expected the quote that opens in line 7 to be closed, got a row of the table in",
    ),
}


@pytest.fixture
def both(tmp_path):
    """Reads one file with both: what ``distributions.csv`` is to be asked, and pandas' frame."""

    def read(one):
        path = tmp_path / "table.csv"
        path.write_bytes(one.content)
        frame = pd.read_csv(path, **one.theirs)
        return {"path": path, "target": "kind", **one.ours}, frame

    return read


def test_there_are_forty_files_of_which_ten_are_refused():
    assert len(READ) >= 30
    assert len(REFUSED) <= 10
    assert len(READ) + len(REFUSED) >= 40


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("name", READ)
def test_pandas_reads_the_same_values_and_classes(name, standardize, both):
    asked, frame = both(READ[name])
    assert len(frame) == 24
    found = distributions.csv(**asked, standardize=standardize).examples
    inputs = frame.drop(columns="kind").to_numpy(np.float64)
    expected = distributions.arrays(inputs, frame["kind"], standardize=standardize).examples
    for part in ("x", "y", "test_x", "test_y"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))
    assert found.classes == expected.classes
    assert list(found.classes) == sorted(frame["kind"].unique())
    if not standardize:
        order = np.random.default_rng(0).permutation(24)
        both_parts = np.concatenate([found.test_x, found.x])
        np.testing.assert_array_equal(both_parts, inputs[order].astype(np.float32))


@pytest.mark.parametrize("name", REFUSED)
def test_what_pandas_alone_takes_is_refused_with_its_reason(name, both):
    asked, frame = both(REFUSED[name])
    assert len(frame) in (14, 24, 25)
    experiment = Experiment(
        max_train=10, num_steps=2, eval_every=2, model=LinearConfig(), hyper=Hyper(num_train=10)
    )
    with pytest.raises(ValueError) as error:  # noqa: PT011
        fit(experiment, distribution=distributions.csv(**asked))
    assert REFUSED[name].said in str(error.value)
    assert "\n" not in str(error.value)
