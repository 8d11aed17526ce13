"""The dilations of a scale-equivariant layer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScaleGroup:
    """Describes dilations ``p -> s p`` by a few factors ``s``, a truncated group: products off the list are dropped.

    Under a dilation by ``r``, as by :class:`~symbreak.symmetry.Dilation`, vectors become ``(r v)(p) = r v(p / r)``;
    regular fields are functions of a factor and a place and become ``(r f)(s, p) = f(s / r, p / r)``.

    Args:
        factors: rising, with one ratio between neighbours.
    """

    factors: tuple[float, ...] = (1.0, 2**0.5, 2.0)
    name: str = "dilation"

    def __len__(self) -> int:
        return len(self.factors)


DILATIONS = ScaleGroup()
