"""The rooms of the repository: who may import whom, and that each is installed."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "symmetry": set(),
    "simulators": {"symmetry"},
    "datasets": {"simulators", "symmetry"},
    "models": {"symmetry"},
    "benchmark": {"models", "datasets", "simulators", "symmetry"},
}
SOURCES = [(room, path) for room in ALLOWED for path in sorted((ROOT / room).rglob("*.py"))]


def imported_rooms(path: Path) -> set[str]:
    """Rooms that a file imports, written relatively (``from ..models import x``) or in full."""
    package = ("symbreak", *path.relative_to(ROOT).parent.parts)
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = [*base, *(node.module.split(".") if node.module else ())]
            names += [".".join([*module, alias.name]) for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("symbreak.")} & set(ALLOWED)


@pytest.mark.parametrize("room, path", SOURCES, ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_rooms_import_only_what_the_design_allows(room, path):
    assert imported_rooms(path) <= ALLOWED[room] | {room}


@pytest.mark.parametrize("room, path", SOURCES, ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_no_star_import_and_no_work_on_import(room, path):
    """Modules hold definitions and constants: no statement at the top level has an effect elsewhere."""
    for node in ast.parse(path.read_text()).body:
        assert not (isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names))
        assert not isinstance(node, ast.For | ast.While | ast.With | ast.Try), ast.unparse(node)
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant), ast.unparse(node)


def test_every_package_folder_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {"symbreak." + ".".join(path.parent.relative_to(ROOT).parts) for _, path in SOURCES}
    assert folders == set(listed)
