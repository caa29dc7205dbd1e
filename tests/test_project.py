"""The project's own files agree with each other, and style and types are checked."""

import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder

import reglab
from reglab.cli import FIRST_NOTEBOOK

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
EXTRAS = PROJECT["project"]["optional-dependencies"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LEAKS = re.compile(
    r"(?<![\w.~$}])/(?:home|root|work|Users)/\w"  # somebody's own folder
    r"|index[-_]url|find[-_]links|https?://[^\s\"']+/simple\b|pythonhoste[d]"  # a package index
)


def run(*command, **environment):
    """The finished process of a command in the project's folder, its output in one string."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def project_files():
    """All files but those that .gitignore names; needs no git, as a copy of the source has none."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()] + [".git"]
    for folder, folders, files in os.walk(ROOT):
        kept = [n for n in folders if not any(fnmatch.fnmatch(n, p) for p in ignored)]
        folders[:] = kept
        names = [n for n in files if not any(fnmatch.fnmatch(n, p) for p in ignored)]
        yield from (Path(folder) / name for name in names)


def block_after(mark):
    """The fenced block of the README that follows a comment."""
    found = re.search(rf"^<!-- {mark} -->\n```\w*\n(.*?)^```$", README, re.M | re.S)
    assert found, f"no block after {mark}"
    return found[1]


@pytest.mark.parametrize(
    ("mark", "extra", "last"),
    [("lab-command", "lab,data", "reglab lab"), ("test-command", "lab,test,data", "pytest")],
)
def test_readme_has_each_command_in_one_line(mark, extra, last):
    process = run("bash", ".ci/readme-command", mark)
    assert process.returncode == 0, process.stdout
    install = f'.venv/bin/pip install -e ".[{extra}]"'
    assert process.stdout == f"python3 -m venv .venv && {install} && .venv/bin/{last}\n"
    assert process.stdout == block_after(mark)
    assert set(extra.split(",")) <= set(EXTRAS)


@pytest.mark.parametrize("mark", ["no-such-command", "python"])
def test_a_block_that_is_not_one_line_is_refused(mark):
    process = run("bash", ".ci/readme-command", mark)
    assert process.returncode == 1
    assert "expected one line" in process.stdout


@pytest.mark.slow
def test_python_of_the_readme_runs():
    process = run(sys.executable, "-c", block_after("python"), PYTHONPATH=str(ROOT))
    assert process.returncode == 0, process.stdout
    assert process.stdout.strip()
    assert len(list(filter(None, block_after("python").splitlines()))) == 5


@pytest.mark.slow
def test_population_of_the_readme_counts_draws():
    process = run(sys.executable, "-c", block_after("population"), PYTHONPATH=str(ROOT))
    assert process.returncode == 0, process.stdout
    line = r"dropout [\d.]+: overfits in (\d+) of 20 draws \(\d+% to \d+%\)"
    hits = re.findall(line, process.stdout)
    assert len(hits) == 3
    assert int(hits[0]) > int(hits[2])


def test_audit_of_the_readme_says_what_the_readme_says():
    process = run(sys.executable, "-c", block_after("audit"), PYTHONPATH=str(ROOT))
    assert process.returncode == 0, process.stdout
    told = README.partition("print(explain(found, 3))\n```\n\n```\n")[2].partition("\n```\n")[0]
    assert told.split() == process.stdout.split()
    assert len(list(filter(None, block_after("audit").splitlines()))) == 6


@pytest.mark.parametrize("path", sorted(p.name for p in ROOT.glob("*.md")))
def test_links_to_files_lead_somewhere(path):
    text = (ROOT / path).read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", text)
    missing = [a or b for a, b in links if "://" not in a + b and not (ROOT / (a or b)).is_file()]
    assert missing == []


def test_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert PROJECT["project"]["version"] == citation["version"] == reglab.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_a_wheel_holds_every_file_of_the_package():
    builder = WheelBuilder(str(ROOT))
    held = {Path(file.distribution_path) for file in builder.recurse_included_files()}
    files = {path.relative_to(ROOT) for path in project_files()}
    package = {path for path in files if path.parts[0] == "reglab"}
    assert sum(path.suffix == ".js" for path in package) > 30
    assert package <= held


def test_changelog_has_unreleased_on_top():
    sections = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert sections[0] == "Unreleased"


def test_licence_is_the_apache_licence():
    canonical = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == canonical


def test_binder_installs_what_the_lab_needs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert environment["channels"] == ["conda-forge"]
    python, pip, packages = environment["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python)
    assert pip == "pip"
    assert packages == {"pip": PROJECT["project"]["dependencies"] + EXTRAS["lab"] + EXTRAS["data"]}
    # Either folder would make Binder pass over the files at the root.
    assert not (ROOT / "binder").exists()
    assert not (ROOT / ".binder").exists()


def test_binder_scripts_keep_their_rules():
    post_build, start = ((ROOT / name).read_text("utf-8") for name in ("postBuild", "start"))
    assert "\nset -e\n" in post_build
    assert "\npip install --no-deps .\n" in post_build
    assert start.endswith('\nexec "$@"\n')
    process = run("./start", "sh", "-c", 'echo "$PJRT_NPROC $#" "$@"', "-", "two words")
    assert process.stdout == "1 1 two words\n"


@pytest.mark.parametrize(
    "path", ["postBuild", "start", ".ci/run", ".ci/readme-command", ".ci/newer-python"]
)
def test_scripts_are_executable_and_well_formed(path):
    assert os.access(ROOT / path, os.X_OK)
    process = run("bash", "-n", path)
    assert process.returncode == 0, process.stdout


def test_no_file_names_a_machine_or_a_package_index():
    leaks = []
    for path in project_files():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        leaks += [
            f"{path.relative_to(ROOT)}:{n}" for n, s in enumerate(lines, 1) if LEAKS.search(s)
        ]
    assert leaks == []


@pytest.mark.parametrize("folder", ["home", "root", "work", "Users"])
def test_a_leak_is_found(folder):
    assert LEAKS.search(f"see /{folder}/ann/data")
    assert not LEAKS.search(f"https://example.org/{folder}/ann")
    assert LEAKS.search("pip install --index" + "-url x")


def test_notebooks_have_no_outputs(tmp_path):
    assert ROOT / "notebooks" / FIRST_NOTEBOOK in NOTEBOOKS
    verify = (sys.executable, "-m", "nbstripout", "--keep-id", "--verify")
    process = run(*verify, *map(str, NOTEBOOKS))
    assert process.returncode == 0, process.stdout
    notebook = json.loads(NOTEBOOKS[0].read_text("utf-8"))
    next(c for c in notebook["cells"] if c["cell_type"] == "code")["execution_count"] = 1
    (tmp_path / "run.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert run(*verify, str(tmp_path / "run.ipynb")).returncode == 1


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        pytest.param(("pyright", "--pythonpath", sys.executable), marks=pytest.mark.slow),
        ("pre_commit", "validate-config"),
    ],
    ids=lambda command: "-".join(command[:2]),
)
def test_style_and_types(command):
    process = run(sys.executable, "-m", *command)
    if process.returncode:
        pytest.fail(process.stdout, pytrace=False)


def lint(*paths):
    """The finished process of the linter of scripts, which is no module of Python."""
    places = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    linter = shutil.which("oxlint", path=places)
    assert linter is not None, "oxlint: expected the extra test, got none; pip install -e .[test]"
    return run(linter, "--config", ".oxlintrc.json", "--deny-warnings", *map(str, paths))


def test_style_of_scripts(tmp_path):
    process = lint("reglab/panels/front", "tests/front")
    if process.returncode:
        pytest.fail(process.stdout, pytrace=False)
    (tmp_path / "wrong.js").write_text("export const a = 1;\nexport const b = c;\n", "utf-8")
    process = lint(tmp_path)
    assert process.returncode == 1
    assert "'c' is not defined" in process.stdout


def test_the_lock_file_of_the_front_end_names_no_registry():
    folder = ROOT / "tests" / "front"
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))
    asked = json.loads((folder / "package.json").read_text("utf-8"))["devDependencies"]
    assert lock["packages"][""]["devDependencies"] == asked
    packages = [package for name, package in lock["packages"].items() if name]
    assert [package["version"] for package in packages] == list(asked.values())
    assert all("resolved" not in package and package["integrity"] for package in packages)


def test_hooks_use_the_pinned_tools():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    for hook in config["repos"][0]["hooks"]:
        assert set(hook["additional_dependencies"]) <= set(EXTRAS["test"])


def test_browser_tests_are_skipped_without_chromium_but_never_in_ci():
    command = (sys.executable, "-m", "pytest", "tests/browser/test_lab.py", "-rs", "-q", "-n0")
    here = run(*command, REGLAB_CHROMIUM="no-such-browser", CI="")
    assert here.returncode == 0, here.stdout
    assert "no Chromium at no-such-browser; install it or set REGLAB_CHROMIUM" in here.stdout
    ci = run(*command, REGLAB_CHROMIUM="no-such-browser", CI="true")
    assert ci.returncode == 1, ci.stdout
    assert "skipped" not in ci.stdout
