"""The box: its walls, padding that follows them, and its grid."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

BOUNDARIES = ("closed", "periodic", "open", "half-open")


def check_boundary(boundary: object) -> None:
    """Raises ``ValueError`` unless it is a kind of wall along x and one along y."""
    pair = isinstance(boundary, tuple | list) and len(boundary) == 2
    if not (pair and set(boundary) <= set(BOUNDARIES)):
        raise ValueError(f"boundary: expected two of {', '.join(BOUNDARIES)}, got {boundary!r}")


def check_kernel_size(kernel_size: int) -> None:
    """Raises ``ValueError`` unless a kernel has a middle, so that the output has the input's grid."""
    if kernel_size < 1 or kernel_size % 2 == 0:
        raise ValueError(f"kernel_size: expected an odd number, got {kernel_size}")


def pad_periodic(
    fields: Float[Tensor, "B C X Y"], boundary: tuple[str, str], radius: int
) -> Float[Tensor, "B C X2 Y2"]:
    """Wraps ``radius`` cells around along the periodic axes and leaves the others as they are."""
    x, y = (radius if kind == "periodic" else 0 for kind in boundary)
    return pad(fields, (y, y, x, x), mode="circular") if x or y else fields


def zero_padding(boundary: tuple[str, str], radius: int) -> tuple[int, int]:
    """Counts the cells of zeros to add along x and y: none along periodic axes."""
    return tuple(0 if kind == "periodic" else radius for kind in boundary)


def check_grid(fields: Tensor, shape: tuple[int, ...]) -> None:
    """Raises ``ValueError`` unless the fields live on the grid ``(X, Y)``."""
    if tuple(fields.shape[-2:]) != tuple(shape):
        expected, got = (" x ".join(map(str, sides)) for sides in (shape, fields.shape[-2:]))
        raise ValueError(f"fields: expected a grid of {expected} cells, got {got}")
