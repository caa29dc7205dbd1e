"""The tests of reglab run over the members of a package that pytest loads first."""

import pytest

from tests import page
from tests.copied_tree import passed
from tests.test_page import TABLE

NAMES = {
    "a distribution": "stripe",
    "a module": "gated",
    "a claim": "edge-1",
    "a preset": "stripe-gated",
    "a picture": "gap",
    "a room": "gap",
    "a language": "de",
}


@pytest.mark.slow
def test_the_tests_that_the_table_names_run_over_the_members(tmp_path):
    page.write(tmp_path)
    tests = {kind: test for kind, _, _, _, test in TABLE if kind in NAMES}
    assert tests.keys() == NAMES.keys()
    names = " or ".join(f"[{name}]" for name in NAMES.values())
    asked = "-p", page.OUTSIDE, "-k", names, *tests.values()
    found = [test.partition("::") for test in passed(tmp_path, *asked, cwd=page.ROOT)]
    members = {(path, test[test.index("[") :]) for path, _, test in found}
    assert members == {(test, f"[{NAMES[kind]}]") for kind, test in tests.items()}
