"""Copies what the command line wrote into pages, so that no number in their tables is typed by hand."""

from __future__ import annotations

import re
from pathlib import Path

from ...datasets.store.files import check_regular, write_atomically

BLOCK = re.compile(r"(<!-- from (\S+)(?: rows (.+?))? -->\n).*?(<!-- end -->)", re.DOTALL)
RULE = re.compile(r"\|( :?-+:? \|)+")
"""The line below the heading of a Markdown table."""


def quote(page: str | Path) -> list[str]:
    """Fills every block between ``<!-- from FILE -->`` and ``<!-- end -->`` of a page with the text of ``FILE``, and
    every block after ``<!-- from FILE rows PATTERN -->`` with the rows that match a regular expression of the first
    table of ``FILE`` that has such rows.

    Args:
        page: a Markdown file; ``FILE`` is relative to the current directory.

    Returns:
        The files that were quoted.

    Raises:
        ValueError: the page has no such block, no row matches, or a file is not text in UTF-8.
        OSError: the page or a file cannot be read.
    """
    page = Path(page)
    text = _text(page)
    sources = [source for _, source, _, _ in BLOCK.findall(text)]
    if not sources:
        raise ValueError(f"expected <!-- from FILE --> and <!-- end --> in {page}, got neither")
    write_atomically(page, filled(text).encode())
    return sources


def filled(text: str) -> str:
    """Returns the text of a page with all its blocks filled; see :func:`quote`."""
    return BLOCK.sub(lambda block: f"{block[1]}{_content(block[2], block[3])}\n{block[4]}", text)


def _content(source: str, pattern: str | None) -> str:
    text = _text(Path(source)).rstrip("\n")
    return "\n".join(matching_rows(text.splitlines(), pattern, source)) if pattern else text


def _text(path: Path) -> str:
    check_regular(path)
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text in UTF-8 in {path}, got: {error}") from error


def matching_rows(lines: list[str], pattern: str, source: str) -> list[str]:
    """Returns heading and matching rows of the first table that has any."""
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"expected a pattern for the rows of {source} that match, got {pattern}: {error}") from error
    for number, rule in enumerate(lines):
        if RULE.fullmatch(rule):
            end = next((n for n in range(number, len(lines)) if not lines[n].startswith("|")), len(lines))
            if rows := [row for row in lines[number + 1 : end] if wanted.search(row)]:
                return [lines[number - 1], rule, *rows]
    raise ValueError(f"expected a row of {source} that matches {pattern}, got none")
