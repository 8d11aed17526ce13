"""How figures look: colours and markers, lines with intervals in panels, and their files.

What is exported is imported when it is first asked for: processes that draw need little of it, and start at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .drawing import drawn
    from .lines import draw_lines, panels
    from .palette import model_styles

__all__ = ["draw_lines", "drawn", "model_styles", "panels"]
_MODULES = {
    "draw_lines": "lines",
    "drawn": "drawing",
    "model_styles": "palette",
    "panels": "lines",
}
__getattr__ = exports(__name__, _MODULES)
