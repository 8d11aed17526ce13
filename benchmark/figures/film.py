"""Moving pictures: fields side by side, as an animated GIF."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from jaxtyping import Float, UInt8
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from ..style.shades import shades

FRAMES_PER_SECOND = 6
WIDTH = 150
"""Smallest width of a panel, in pixels."""
COLUMNS = 5
MARGIN = 8
CAPTION = 22
SHADES = 200
WHITE, INK = 254, 255
"""Indices in the palette, after the shades."""

Film = Float[np.ndarray, "T X Y"]


def gif(
    films: Mapping[str, Film],
    titles: Sequence[str],
    top: float,
    colormap: str = "magma",
    frames_per_second: int = FRAMES_PER_SECOND,
) -> bytes:
    """Renders an animated GIF of fields of one shape under their names, up to five a row, x to the right and y up.

    Args:
        titles: one for each frame.
        top: the value shown in the last colour of the map, as are all larger ones; 0 is shown in the first.
    """
    shape = next(iter(films.values())).shape[1:]
    zoom = math.ceil(WIDTH / shape[0])
    panel = (zoom * shape[0] + MARGIN, zoom * shape[1] + MARGIN + CAPTION)
    columns = min(len(films), COLUMNS)
    canvas = Image.new("P", (columns * panel[0] + MARGIN, math.ceil(len(films) / columns) * panel[1] + CAPTION), WHITE)
    corners = [
        (MARGIN + (index % columns) * panel[0], CAPTION + (index // columns) * panel[1]) for index in range(len(films))
    ]
    for name, corner in zip(films, corners, strict=True):
        _write(canvas, corner, name, panel[0] - MARGIN)
        left, upper = corner[0] - 1, corner[1] + CAPTION - 1
        outline = (left, upper, left + zoom * shape[0] + 1, upper + zoom * shape[1] + 1)
        ImageDraw.Draw(canvas).rectangle(outline, outline=INK)
    frames = []
    for moment, title in enumerate(titles):
        frame = canvas.copy()
        _write(frame, (MARGIN, 2), title, canvas.width - 2 * MARGIN)
        for field, (left, upper) in zip(films.values(), corners, strict=True):
            frame.paste(Image.fromarray(_indices(field[moment], top, zoom)), (left, upper + CAPTION))
        frame.putpalette(_palette(colormap))
        frames.append(frame)
    buffer = io.BytesIO()
    duration = round(1000 / frames_per_second)
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=duration, loop=0, optimize=False)
    return buffer.getvalue()


def _indices(values: Float[np.ndarray, "X Y"], top: float, zoom: int) -> UInt8[np.ndarray, "height width"]:
    """Returns indices in the palette."""
    indices = np.round(shades(values, top) * (SHADES - 1)).astype(np.uint8)
    return indices.T[::-1].repeat(zoom, 0).repeat(zoom, 1)


def _palette(colormap: str) -> list[int]:
    colors = matplotlib.colormaps[colormap](np.linspace(0, 1, SHADES), bytes=True)[:, :3]
    return [*colors.flatten().tolist(), *[255] * (3 * (INK - SHADES)), 0, 0, 0]


def _write(image: Image.Image, corner: tuple[int, int], text: str, width: int) -> None:
    """Writes a line of text in the largest size up to 13 pixels at which it is no wider than ``width``."""
    path = font_manager.findfont("DejaVu Sans")
    sizes = (ImageFont.truetype(path, size) for size in range(13, 6, -1))
    font = next((font for font in sizes if font.getlength(text) <= width), ImageFont.truetype(path, 6))
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    draw.text(corner, text, fill=INK, font=font)
