"""The README shows what the command line wrote, and nothing else."""

import ast
import builtins
import inspect
import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from symbreak.benchmark.cli import parse
from symbreak.benchmark.tables.quote import BLOCK, filled

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
README = PAGES[0].read_text()


def test_pages_quote_what_the_results_say(monkeypatch):
    """`symbreak quote` would change nothing."""
    monkeypatch.chdir(ROOT)
    assert BLOCK.search(README)
    for page in PAGES:
        assert filled(page.read_text()) == page.read_text(), page.name


def test_pictures_and_pages_are_there():
    for page in PAGES:
        for target, heading in re.findall(r"\]\(([^)#:]*)#?([^)#:]*)\)", page.read_text()):
            path = page.parent / target if target else page
            assert path.exists(), f"{page.name} links to {target}"
            headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE) if heading else [heading]
            assert heading in [re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings], heading


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_pages_is_one(page):
    """Lines of code blocks, with what they say in place of names that nobody knows yet."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = "".join(text for language, text in blocks if not language).replace("\\\n", "").splitlines()
    commands = [words for line in lines if "symbreak" in (words := shlex.split(line, comments=True))]
    for words in commands:
        parse(words[1 + words.index("symbreak") :])
    assert len(commands) > 15 or page.name != "README.md"


def python_of_readme() -> list[ast.stmt]:
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [statement for block in blocks for statement in ast.parse(block).body]


def test_every_python_call_of_the_readme_is_one():
    """What it imports is there, what it calls is imported, and the arguments fit."""
    imports = [statement for statement in python_of_readme() if isinstance(statement, ast.ImportFrom)]
    names = {alias.name: getattr(import_module(line.module), alias.name) for line in imports for alias in line.names}
    calls = [node for line in python_of_readme() for node in ast.walk(line) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id not in vars(builtins)]
    for call in named:
        arguments = {keyword.arg: None for keyword in call.keywords}
        inspect.signature(names[call.func.id]).bind(*call.args, **arguments)
    assert len(named) > 15


def test_the_readme_imports_from_faces_what_they_export():
    """A reader finds each name in ``__all__`` of the module that it comes from."""
    for line in python_of_readme():
        if isinstance(line, ast.ImportFrom) and line.module.startswith("symbreak"):
            assert {alias.name for alias in line.names} <= set(import_module(line.module).__all__), line.module


def test_paths_of_public_calls_are_text_or_paths():
    """Each argument of a public function that takes a path takes text as well."""
    for module in ("symbreak.benchmark", "symbreak.datasets"):
        for name in import_module(module).__all__:
            call = getattr(import_module(module), name)
            if inspect.isfunction(call):
                for argument in inspect.signature(call).parameters.values():
                    parts = set(re.split(r"\s*\|\s*", str(argument.annotation)))
                    assert "Path" not in parts or "str" in parts, f"{name}({argument})"


def test_code_of_the_readme_survives_on_a_package_index():
    """There, links to files of the repository are replaced by words."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text
    for each in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        shown = re.sub(each["pattern"], re.sub(r"\\(\d)", r"\\g<\1>", each["replacement"]), shown)
    code = re.compile(r"```.*?```", re.DOTALL)
    assert code.findall(shown) == code.findall(text) and shown != text
