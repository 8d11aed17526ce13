"""The README shows what the command line wrote, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
README = PAGES[0].read_text()


def blocks(kind):
    """File and content of the blocks of that kind on all pages."""
    marker = re.compile(rf"<!-- {kind} (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)
    return [((ROOT / name).read_text(), block) for page in PAGES for name, block in marker.findall(page.read_text())]


def test_quoted_files_are_those_of_the_results():
    """`symbreak quote` would change nothing."""
    for content, block in blocks("from"):
        assert block == content.rstrip("\n") + "\n"


def test_quoted_rows_stand_in_the_files_that_they_are_from():
    assert blocks("rows of")
    for content, block in blocks("rows of"):
        assert [line for line in block.splitlines() if line and line not in content.splitlines()] == []


def test_pictures_and_pages_are_there():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_of_the_readme_is_one():
    from symbreak.benchmark.commands import COMMANDS

    assert set(re.findall(r"^symbreak (\w+)", README, re.MULTILINE)) <= set(COMMANDS)
