"""Figures as files. Nothing but matplotlib is imported, so that processes that draw start at once."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

FORMATS = {".png": {"dpi": 150, "pil_kwargs": {"compress_level": 1}}, ".svg": {"metadata": {"Date": None}}}
"""Endings of the files of a figure, and how each is written."""
HASH_SALT = "symbreak"
"""Salt of identifiers in SVG files, so that the same figure is always the same file; for this it has no date either."""


def drawn(path: Path, figure: Figure) -> dict[Path, bytes]:
    """Renders the files of a figure, laid out once for both: ``path`` with the endings of PNG and of SVG."""
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        figure.set_layout_engine(None)
    files = {}
    for suffix, options in FORMATS.items():
        buffer = io.BytesIO()
        with matplotlib.rc_context({"svg.hashsalt": HASH_SALT}):
            figure.savefig(buffer, format=suffix[1:], **options)
        files[path.with_name(path.name + suffix)] = buffer.getvalue()
    return files
