"""Calls of commands, and what they say."""

import pytest

from reglab import cli
from reglab.cli import audit, claims, printing, report
from reglab.words import PSEUDO, translated


@pytest.fixture
def heard(monkeypatch):
    """What is said in a language for a person to read."""
    said = []

    def hear(text, language):
        said.append(text)
        return translated(text, language)

    for module in (printing, audit, claims, report):
        monkeypatch.setattr(module, "translated", hear)
    return said


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Calls ``reglab`` in a language; returns code, out, err."""
    monkeypatch.setenv("COLUMNS", "80")

    def called(*arguments, language=PSEUDO):
        monkeypatch.setenv("REGLAB_LANGUAGE", language)
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
        out, err = (text.replace(str(tmp_path), "") for text in capsys.readouterr())
        return code, out, err

    return called
