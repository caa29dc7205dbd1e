"""CSV files: what is read, found out and refused."""

import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_wine

from reglab import distributions

GOOD = "a,b,kind\n1,2.5,x\n3,-4e-1,y\n5,6,x\n7,8,y\n"


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_table_is_read_as_it_was_written(written):
    x, y = load_wine(return_X_y=True)
    lines = [",".join(f"f{i}" for i in range(13)) + ",class"]
    lines += [",".join(map(repr, row.tolist())) + f",{c}" for row, c in zip(x, y, strict=True)]
    path = written("\r\n".join(lines))
    data = distributions.get("csv", path=path, target="class", split=3)
    expected = distributions.arrays(x, y, split=3)
    for part in ("x", "y", "test_x", "test_y"):
        found, wanted = getattr(data.examples, part), getattr(expected.examples, part)
        np.testing.assert_array_equal(found, wanted)
    assert data.examples.classes == (0, 1, 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiter_and_byte_order_mark_are_found_out(written, delimiter, mark):
    path = written(mark + GOOD.replace(",", delimiter))
    data = distributions.csv(path, target="kind", test_share=0.5, standardize=False)
    everything = np.concatenate([data.examples.x, data.examples.test_x])
    np.testing.assert_allclose(np.sort(everything[:, 1]), [-0.4, 2.5, 6, 8])
    assert data.examples.classes == ("x", "y")


def test_quotes_empty_lines_and_chosen_columns(written):
    text = 'name,"size, cm",kind\n"a ""b""",1,9\n\nc,2,10\nd,3,9\ne,4,10\n'
    data = distributions.csv(written(text), target="kind", features=["size, cm"], test_share=0.5)
    assert data.input_shape == (1,)
    assert data.examples.classes == (9, 10)  # as numbers: 9 comes first


BAD = [
    (GOOD, {"target": "class"}, "csv: expected one of the columns a, b, kind, got 'class'"),
    (GOOD, {"features": ["c"]}, "csv: expected one of the columns a, b, kind, got 'c'"),
    (GOOD, {"features": ["a", "kind"]}, "features: expected columns other than the target"),
    (GOOD, {"features": []}, "csv: expected at least one column besides the target"),
    (GOOD.replace("6", ""), {}, "a number in column 'b', got a missing value in line 4; fill"),
    (GOOD.replace("6", " NA "), {}, "column 'b', got a missing value in line 4"),
    (GOOD.replace("6", "nan"), {}, "column 'b', got a missing value in line 4"),
    (GOOD.replace("6", "?"), {}, "column 'b', got a missing value in line 4"),
    (GOOD.replace("6", "six"), {}, "a number in column 'b', got 'six' in line 4; name the col"),
    (GOOD.replace("6", "1e999"), {}, "a number in column 'b', got '1e999' in line 4"),
    (GOOD.replace("8,y", "8,"), {}, "a class in column 'kind', got a missing value in line 5"),
    (GOOD.replace("y", "x"), {}, "y: expected at least 2 classes, got only 'x'"),
    (GOOD.replace("5,6,x", "5,6"), {}, "csv: expected 3 columns, got 2 in line 4"),
    (GOOD.replace("5,6", "5,6,7"), {}, "csv: expected 3 columns, got 4 in line 4"),
    (GOOD.replace("a,b", "b,b"), {}, "columns of different names, got 'b' more than once"),
    (GOOD.splitlines()[0], {}, "csv: expected rows below the names, got none"),
    ("", {}, "csv: expected one of the columns"),
    (GOOD.replace("6", "1_0"), {}, "a number in column 'b', got '1_0' in line 4; name the col"),
    (GOOD.replace("6", "\u0666"), {}, "a number in column 'b', got '\u0666' in line 4"),
    (GOOD.replace("6", "True"), {}, "a number in column 'b', got 'True' in line 4"),
    (GOOD.replace("2.5", "True"), {}, "True or False in column 'b', got '-4e-1' in line 3"),
    (GOOD.replace("6", '"6,5"'), {}, "got '6,5' in line 4; for a decimal comma say decimal=','"),
    (GOOD.replace("6", "inf"), {}, "column 'b', got 'inf' in line 4; fill it or leave the row out"),
    (GOOD, {"decimal": ","}, "column 'b', got '2.5' in line 2; decimal=',' takes no point"),
    (GOOD.replace("a,b", ",b"), {}, "name for every column, got '' for column 1, which may num"),
    (GOOD.replace("a", "Unnamed: 0"), {}, "a name for every column, got 'Unnamed: 0' for column"),
    (GOOD.replace("a,b,kind", '"a","b\n(m)",kind'), {"target": "c"}, r"columns a, b \(m\), kind"),
    (GOOD, {"features": "a"}, "features: expected a list of them, got the text 'a'"),
    (GOOD, {"features": ["a", "a"]}, "features: expected each column once, got 'a' more than"),
    (GOOD, {"missing": "NA"}, "missing: expected a list of them, got the text 'NA'"),
    (GOOD, {"encoding": None}, "encoding: expected the name of one, got None"),
    (GOOD, {"path": None}, "path: expected the path of a file, got None"),
    (GOOD, {"sep": ","}, "option of csv: expected one of .*, got 'sep'"),
    (GOOD, {"delimiter": ";"}, "csv: expected one of the columns a,b,kind, got 'kind'"),
    (GOOD, {"test_share": 2}, "test_share: expected a number above 0 to 1, got 2"),
]


@pytest.mark.parametrize(("text", "options", "said"), BAD)
def test_what_is_no_such_table_is_refused_in_one_line(written, text, options, said):
    with pytest.raises(ValueError, match=said) as error:
        distributions.csv(**{"path": written(text), "target": "kind", **options})
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path, written):
    for path in (tmp_path / "none.csv", tmp_path, written("ä,b\n1,x\n", "utf-16")):
        with pytest.raises(ValueError, match=r"csv: expected a table in UTF-8 at") as error:
            distributions.csv(path, target="b")
        assert "\n" not in str(error.value)
        assert str(tmp_path) not in str(error.value).split("got")[0]


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 1_level_0", " "])
def test_row_numbers_are_no_input_unless_somebody_asks(written, name):
    text = f"{name},a,b,species\n" + "".join(
        f"{i},{i % 7},{i * i},{'uvw'[i // 10]}\n" for i in range(30)
    )
    said = "which may number the rows; name the columns of the inputs in features"
    with pytest.raises(ValueError, match=said) as error:
        distributions.csv(written(text), target="species")
    assert "\n" not in str(error.value)
    assert distributions.csv(written(text), target="species", features=["a", "b"]).num_train == 21
    chosen = [name.strip(), "a"]
    assert distributions.csv(written(text), target="species", features=chosen).input_shape == (2,)


def test_names_that_nobody_uses_may_come_twice(written):
    text = "a,note,note,kind\n" + "".join(f"{i},x,y,{i % 2}\n" for i in range(30))
    assert distributions.csv(written(text), target="kind", features=["a"]).input_shape == (1,)
    with pytest.raises(ValueError, match="'note' more than once"):
        distributions.csv(written(text), target="kind")


def test_an_encoding_can_be_said_and_is_asked_for(written):
    text = "größe,kind\n" + "".join(f"{i},{'äb'[i % 2]}\n" for i in range(30))
    for encoding in ("latin-1", "utf-16", "utf-16-le", "cp1252", "UTF_8"):
        data = distributions.csv(
            written(text, encoding), target="kind", features=["größe"], encoding=encoding
        )
        assert data.examples.classes == ("b", "ä")
    with pytest.raises(ValueError, match=r"a table in UTF-8 at table.csv, .*; say its encoding="):
        distributions.csv(written(text, "latin-1"), target="kind")


@pytest.mark.slow
def test_many_rows_take_bounded_memory(tmp_path):
    path, count = tmp_path / "large.csv", 200_000
    with path.open("w") as file:
        file.write("a,b,c,d,kind\n")
        for start in range(0, count, 1000):
            file.write(
                "".join(f"{i},{i % 7},0.25,{-i},{i % 3}\n" for i in range(start, start + 1000))
            )
    tracemalloc.start()
    data = distributions.csv(path, target="kind")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (data.num_train, data.num_test) == (140_000, 60_000)
    assert peak < 10 * count * 4 * 4  # ten times the table itself
