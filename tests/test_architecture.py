"""The rules of the house: contracts, sizes, docstrings, the map, the README and the pinned versions."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers import app_map

ROOT = app_map.ROOT
MODULES = list(app_map.modules())
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}

LONGEST_FILE = 500
LONGEST_FUNCTION, LONG_FUNCTION, MEDIAN_FUNCTION = 60, 30, 9
CATCH_ALL = {"app/engine/child.py", "app/engine/client.py", "app/ui/background.py"}
EMPTY_WORDS = re.compile(r"(^|_)(manager|helper|util|common|misc)s?($|_)")

INSTALL = "python3 -m venv .venv && .venv/bin/pip install -c installers/constraints.txt -e "
WINDOW_COMMAND = INSTALL + ". && .venv/bin/python main.py"
TEST_COMMAND = INSTALL + "'.[test]' && .venv/bin/python -m pytest"

TEXT_FILES = {"", ".cfg", ".json", ".md", ".po", ".py", ".sh", ".svg", ".toml", ".txt", ".yaml", ".yml"}
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))


def functions() -> Iterator[tuple[str, int]]:
    """Each function of the program: where it is and how many lines it has."""
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_files_are_short() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {path: lines for path, lines in sizes.items() if lines > LONGEST_FILE}


def test_functions_are_short() -> None:
    sizes = dict(functions())
    lengths = sorted(sizes.values())
    assert not {where: lines for where, lines in sizes.items() if lines > LONGEST_FUNCTION}
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert sum(lines < LONG_FUNCTION for lines in lengths) >= 0.9 * len(lengths)


@pytest.mark.parametrize("name", TREES)
def test_a_module_says_what_it_is_for(name: str) -> None:
    first, _, rest = (ast.get_docstring(TREES[name]) or "").partition("\n")
    assert first.endswith("."), "a module opens with one whole line saying what it is for"
    assert not rest or rest.startswith("\n"), "an empty line follows the first line of a docstring"


def test_modules_have_plain_names() -> None:
    assert not [name for name in TREES if EMPTY_WORDS.search(Path(name).stem)]


def test_nothing_is_global() -> None:
    nodes = ((name, node) for name, tree in TREES.items() for node in ast.walk(tree))
    assert not [name for name, node in nodes if isinstance(node, ast.Global)]


def test_any_exception_is_caught_at_the_named_places_only() -> None:
    found = {name for name, tree in TREES.items() for node in ast.walk(tree) if _catches_all(node)}
    assert found <= CATCH_ALL


def _catches_all(node: ast.AST) -> bool:
    """`except Exception`, `BaseException` or a bare one, unless it only tidies up and raises on."""
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    kinds = ast.walk(node.type) if node.type else [ast.Name("Exception")]
    return any(isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException") for kind in kinds)


def test_the_map_shows_what_is_there() -> None:
    readme = app_map.README.read_text("utf-8")
    assert readme == app_map.drawn(readme), "run: .venv/bin/poe map"


def test_the_readme_has_the_two_commands_once_and_ci_runs_one_as_it_stands() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert lines.count(WINDOW_COMMAND) == 1
    assert lines.count(TEST_COMMAND) == 1
    shown = subprocess.run(
        [ROOT / ".ci" / "run", "--show"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.rstrip("\n") == TEST_COMMAND


def test_every_picture_and_file_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert not [link for link in links if not (ROOT / link).exists()]


def _pinned() -> dict[str, str]:
    lines = (ROOT / "installers" / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def _needed() -> Iterator[Requirement]:
    """Every requirement of the program and its tests, transitive ones too, on any system and Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    waiting = [Requirement(line) for line in lines]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        yield wanted
        if key not in seen:
            seen.add(key)
            waiting += [inner for inner in _requires(wanted.name) if _applies(inner, wanted.extras)]


def _requires(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        return []  # needed on another system only


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    if requirement.marker is None:
        return True
    places = (
        {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "sys_platform": short,
            "platform_system": long,
            "os_name": name,
            "extra": extra,
        }
        for python in PYTHONS
        for short, long, name in SYSTEMS
        for extra in (*extras, "")
    )
    return any(requirement.marker.evaluate(place) for place in places)


def test_every_dependency_is_pinned_within_its_range_and_nothing_else_is() -> None:
    pinned, needed = _pinned(), list(_needed())
    names = {canonicalize_name(requirement.name) for requirement in needed}
    assert sorted(names - pinned.keys()) == [], "needed, but not in installers/constraints.txt"
    assert sorted(pinned.keys() - names) == [], "in installers/constraints.txt, but not needed"
    for requirement in needed:
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_no_package_index_and_no_path_of_one_machine_is_named() -> None:
    told = re.compile(
        r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|deb[.]debian[.]org|(?<![\w./-])/(?:work|root)/"
    )
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in listed.stdout.splitlines())
    texts = (path for path in paths if path.suffix in TEXT_FILES and path.exists())
    found = [path.name for path in texts if told.search(path.read_text("utf-8"))]
    assert not found
