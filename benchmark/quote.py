"""Puts what the command line wrote into pages, so that no number there is typed by hand."""

from __future__ import annotations

import re
from pathlib import Path

from ..datasets.files import write_atomically

BLOCK = re.compile(r"(<!-- from (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def quote(page: Path) -> list[str]:
    """Fills every block between ``<!-- from FILE -->`` and ``<!-- end -->`` of a page with the text of ``FILE``.

    Args:
        page: a Markdown file; ``FILE`` is relative to the current directory.

    Returns:
        The files that were quoted.

    Raises:
        ValueError: the page has no such block.
        OSError: the page or a file cannot be read.
    """
    text = page.read_text()
    sources = [source for _, source, _ in BLOCK.findall(text)]
    if not sources:
        raise ValueError(f"expected <!-- from FILE --> and <!-- end --> in {page}, got neither")
    filled = BLOCK.sub(lambda block: block[1] + Path(block[2]).read_text().rstrip("\n") + "\n" + block[3], text)
    write_atomically(page, filled.encode())
    return sources
