"""The files around the code say what is so: commands, versions, needs, and the map of the house."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import convsym

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")


def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def modules():
    return sorted(path for path in (ROOT / "convsym").rglob("*.py") if "notebooks" not in path.parts)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_architecture_names_every_module_and_names_nothing_else():
    named = set(
        re.findall(r"`((?:convsym|benchmarks|docs|notebooks|tests|\.ci)/[\w./-]+)`", text("ARCHITECTURE.md"))
    )
    missing = {str(path.relative_to(ROOT)) for path in modules()} - named
    # A package's __init__ that only passes names on is named by its folder.
    missing = {name for name in missing if not (name.endswith("/__init__.py") and name[:-11] in named)}
    assert missing == set()
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_architecture_gives_each_dependency_its_reason():
    needs = list(PYPROJECT["project"]["dependencies"])
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        needs += extra
    names = {re.split(r"[\[<>=]", need)[0] for need in needs} - {"convsym"}
    lines = text("ARCHITECTURE.md").splitlines()
    unexplained = {name for name in names if not any(line.startswith(f"| {name} |") for line in lines)}
    assert unexplained == set()


def test_every_module_has_its_place_among_the_layers():
    (contract,) = PYPROJECT["tool"]["importlinter"]["contracts"]
    layers = contract["layers"]
    top = {path.relative_to(ROOT / "convsym").parts[0].removesuffix(".py") for path in modules()}
    assert top - {"__init__"} == set(layers)


def test_no_module_is_too_long_to_read():
    long = {str(path): count for path in modules() if (count := len(path.read_text().splitlines())) > 600}
    assert long == {}


def test_the_readme_and_ci_give_the_same_two_commands():
    printed = re.findall(r"^python3 -m venv .*$", text("README.md"), re.MULTILINE)
    run = dict(re.findall(r"^(USE|TEST)='(.*)'$", text(".ci/run"), re.MULTILINE))
    assert printed[:2] == [run["USE"], run["TEST"]]


def test_the_environment_file_asks_for_what_the_package_asks_for():
    project = PYPROJECT["project"]
    environment = yaml.safe_load(text("environment.yml"))
    packages = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    assert sorted(packages) == sorted([*wanted, f"python{project['requires-python']}", "pip"])
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}
    for entry in packages:
        assert re.fullmatch(r"[a-z0-9-]+(?:>=\d+(?:\.\d+)*)?", entry), entry


def test_the_base_install_has_nothing_of_jupyter():
    base = " ".join(PYPROJECT["project"]["dependencies"])
    assert not re.search("jupyter|ipy|widget|matplotlib|pytest|torch|numba", base)


def test_the_changelog_knows_this_version():
    heading = rf"^## \[{re.escape(convsym.__version__)}\] - \d{{4}}-\d\d-\d\d$"
    assert re.search(heading, text("CHANGELOG.md"), re.MULTILINE)


def test_ci_is_an_executable_script_that_stops_at_the_first_failure():
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text()
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_no_tracked_file_knows_the_machine_it_was_written_on():
    # Spelled apart, so that this file does not find itself.
    marks = [
        "/" + "work/",
        "/" + "home/",
        "/" + "root/",
        "/opt/" + "venv",
        "../" + "shared",
        "files.python" + "hosted",
    ]
    found = []
    for path in tracked():
        content = path.read_bytes()
        found += [(str(path.relative_to(ROOT)), mark) for mark in marks if mark.encode() in content]
    assert found == []


def test_tracked_files_are_small():
    large = {path.name: size for path in tracked() if (size := path.stat().st_size) > 1_000_000}
    assert large == {}


def test_the_wheel_carries_notebooks_paper_and_licence_and_no_tests(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"convsym-{convsym.__version__}-py3-none-any")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"convsym/notebooks/{notebook.name}" in names
    shipped = [path for path in tracked() if path.is_relative_to(ROOT / "convsym")]
    assert {path.relative_to(ROOT).as_posix() for path in shipped} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in names)
    assert not any("__pycache__" in name or ".ipynb_checkpoints" in name for name in names)


@pytest.fixture(scope="module")
def generate():
    import importlib.util

    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "README.md", "docs/checking.md"])
def test_generated_parts_are_what_the_code_gives_now(name, generate):
    assert generate.rendered(name) == text(name), "run: python docs/generate.py"


def test_the_picture_is_what_the_code_draws_now(generate):
    assert text("docs/picture.svg") == generate.picture() + "\n", "run: python docs/generate.py"


def test_the_readme_shows_a_proof_and_a_refutation_with_witness_and_repair():
    shown = text("README.md")
    for word in ("✓ proved", "✗ refuted", "witness", "repair"):
        assert word in shown
