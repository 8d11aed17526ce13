"""The README shows what the command line wrote, and nothing else."""

import re
from pathlib import Path

from symbreak.benchmark.quote import BLOCK, filled

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
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_of_the_readme_is_one():
    from symbreak.benchmark.commands import COMMANDS

    assert set(re.findall(r"^symbreak (\w+)", README, re.MULTILINE)) <= set(COMMANDS)
