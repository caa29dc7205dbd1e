"""What a lab saves."""

import csv
import io

import numpy as np
import pytest

from reglab import Session
from reglab.cli.experiments import read_experiments
from reglab.panels.board.export import export
from tests.small import SMALL


@pytest.fixture(scope="module")
def session():
    with Session(SMALL, steps_per_second=None) as session:
        session.add_twin(dropout_rate=0.5)
        session.play()
        assert session.wait(120)
        yield session


def test_csv_has_every_row_of_every_run(session):
    name, mime, content = export(session, "csv")
    assert (name, mime) == ("reglab-mitchell.csv", "text/csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for number, run in enumerate(session.runs):
        own = [row for row in rows if row["run"] == str(number)]
        for field, column in run.history._asdict().items():
            np.testing.assert_array_equal([float(row[field]) for row in own], column)


def test_json_is_what_reglab_run_reads(session, tmp_path):
    name, _, content = export(session, "json")
    (tmp_path / name).write_bytes(content)
    assert read_experiments(tmp_path / name) == [run.experiment for run in session.runs]


def test_png_is_a_picture(session):
    name, mime, content = export(session, "png")
    assert (name, mime) == ("reglab-mitchell.png", "image/png")
    assert content.startswith(b"\x89PNG")


def test_other_kinds_are_refused(session):
    with pytest.raises(ValueError, match=r"^export: expected one of csv, json, png, got 'gif'"):
        export(session, "gif")


def test_nothing_is_saved_before_there_is_anything():
    with Session(SMALL) as fresh:
        if fresh.frame is not None and len(fresh.frame.runs[0].step):
            pytest.fail("the session was trained before anyone asked")
        with pytest.raises(ValueError, match=r"^export: expected a run on screen"):
            export(fresh, "csv")
