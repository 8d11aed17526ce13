"""The README shows what the command line wrote, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_tables_are_those_of_the_results():
    """Every table row of the README's results stands in the file that it names."""
    blocks = re.findall(r"<!-- from (\S+) -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert blocks
    for source, block in blocks:
        rows = (ROOT / source).read_text().splitlines()
        assert [line for line in block.splitlines() if line and line not in rows] == []


def test_pictures_and_pages_are_there():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_of_the_readme_is_one():
    from symbreak.benchmark.commands import COMMANDS

    assert set(re.findall(r"^symbreak (\w+)", README, re.MULTILINE)) <= set(COMMANDS)
