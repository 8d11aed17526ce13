"""The rooms and wings of the repository: who may import whom, and that an installation holds them all."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "symmetry": set(),
    "simulators": {"symmetry"},
    "datasets": {"simulators", "symmetry"},
    "models": {"symmetry"},
    "benchmark": {"models", "datasets", "simulators", "symmetry"},
}
WINGS = (
    ("simulators/physics", "simulators/scenarios", "simulators"),
    ("datasets/recipes", "datasets/store", "datasets/imports", "datasets"),
    (
        "models/layers",
        "models/layers/fields",
        "models/layers/bases",
        "models/layers/convolutions",
        "models/layers/untied",
        "models",
        "models/families",
    ),
    (
        "benchmark/methods",
        "benchmark/records",
        "benchmark/runs",
        "benchmark/aggregation",
        "benchmark/analysis",
        "benchmark/tables",
        "benchmark/style",
        "benchmark/figures",
        "benchmark/grids",
        "benchmark/submissions",
        "benchmark/report",
        "benchmark/bench",
        "benchmark/commands",
        "benchmark",
    ),
)
"""Folders of a room from the ground up: each imports from itself and from those before it. The face of a folder, its
``__init__``, hands on what stands in it or in its wings."""
LISTS = {"models/families", "simulators/scenarios", "benchmark/methods"}
"""Folders that hold one entry a file, however many."""
LARGEST_FOLDER = 13
SOURCES = [(room, path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(value) -> str:
    return str(value).removeprefix(f"{ROOT}/")


def folder_of(path: Path) -> str:
    return str(path.parent.relative_to(ROOT))


def imported_folders(path: Path) -> Iterator[str]:
    """Folders of the files and faces that a file imports, relatively (``from ..models import x``) or in full."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "symbreak"):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = [*base, *(node.module.split(".")[not node.level :] if node.module else ())]
            for alias in node.names:
                target = ROOT.joinpath(*module, alias.name)
                target = target if target.is_dir() or target.with_suffix(".py").exists() else target.parent
                yield str((target if target.is_dir() else target.parent).relative_to(ROOT))


@pytest.mark.parametrize("room, path", SOURCES, ids=name_of)
def test_rooms_import_only_what_the_design_allows(room, path):
    assert {folder.split("/")[0] for folder in imported_folders(path)} <= ROOMS[room] | {room}


@pytest.mark.parametrize("room, path", SOURCES, ids=name_of)
def test_no_arrow_runs_back_up_between_wings(room, path):
    if path.name == "__init__.py":
        inside = [folder for folder in imported_folders(path) if folder.split("/")[0] == room]
        assert all(folder.startswith(folder_of(path)) for folder in inside) or room == "benchmark"
        return
    for wings in WINGS:
        if folder_of(path) in wings:
            allowed = set(wings[: wings.index(folder_of(path)) + 1])
            assert set(imported_folders(path)) & set(wings) <= allowed


def test_every_folder_has_its_place_and_is_no_crowd():
    folders = {folder_of(path) for _, path in SOURCES}
    assert folders == {"symmetry", *(wing for wings in WINGS for wing in wings)}
    for folder in folders - LISTS:
        files = [path for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= LARGEST_FOLDER, f"{folder}: {len(files)} files"


@pytest.mark.parametrize("room, path", SOURCES, ids=name_of)
def test_no_star_import_and_no_work_on_import(room, path):
    """Modules hold definitions and constants: no statement at the top level has an effect elsewhere."""
    for node in ast.parse(path.read_text()).body:
        assert not (isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names))
        assert not isinstance(node, ast.For | ast.While | ast.With | ast.Try), ast.unparse(node)
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant), ast.unparse(node)


def without_encoding(path: Path) -> Iterator[str]:
    """Calls that read or write text in whatever encoding the machine prefers."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and not any(keyword.arg == "encoding" for keyword in node.keywords):
            name, words = ast.unparse(node.func).rpartition(".")[2], [ast.unparse(word) for word in node.args]
            text = {keyword.arg for keyword in node.keywords} & {"text", "universal_newlines"}
            positions = {"read_text": 1, "write_text": 2}
            if len(words) < positions.get(name, 0) or (name == "run" and text):
                yield ast.unparse(node)
            if name == "open" and not any("b" in word for word in words) and "gzip" not in ast.unparse(node.func):
                yield ast.unparse(node)


@pytest.mark.parametrize("room, path", SOURCES, ids=name_of)
def test_text_has_an_encoding(room, path):
    opened = [call for call in without_encoding(path) if not call.startswith(("tarfile.open", "Image.open"))]
    assert opened == []


def test_the_package_links_to_every_room():
    """``src/symbreak`` is what an editable install puts on the path."""
    package = ROOT / "src" / "symbreak"
    assert {path.name for path in package.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(ROOMS)
    assert all((package / room).resolve() == (ROOT / room).resolve() for room in ROOMS)


def test_a_room_is_imported_at_its_first_use():
    command = "import symbreak; print(symbreak.__version__, symbreak.symmetry.C4.name)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert done.stdout.split()[1:] == ["C4"], done.stderr
