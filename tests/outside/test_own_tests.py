"""The tests of reglab run over the members of a package that pytest loads first."""

import pytest

from tests import page
from tests.copied_tree import ran
from tests.test_page import TABLE

NAMES = {
    "a distribution": "stripe",
    "a module": "gated",
    "a claim": "edge-1",
    "a preset": "stripe-gated",
    "a language": "de",
}


@pytest.mark.slow
def test_the_tests_that_the_table_names_run_over_the_members(tmp_path):
    page.write(tmp_path)
    tests = {kind: test for kind, _, _, _, test in TABLE if kind in NAMES}
    assert tests.keys() == NAMES.keys()
    passed = ran(
        tmp_path,
        *("-m", "pytest", "-p", page.OUTSIDE, "-n", "0", "-m", "", "-rp", "-q"),
        *("-c", str(page.ROOT / "pyproject.toml"), "--rootdir", str(page.ROOT)),
        *("-k", " or ".join(f"[{name}]" for name in NAMES.values())),
        *(str(page.ROOT / test) for test in tests.values()),
    )
    for kind, test in tests.items():
        assert f"PASSED {test}" in passed
        assert f"[{NAMES[kind]}]\n" in passed.partition(f"PASSED {test}")[2]
