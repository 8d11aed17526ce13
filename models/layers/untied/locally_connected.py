"""A convolution with a different kernel at each place."""

from __future__ import annotations

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad

from ..box import check_grid, zero_padding
from ..built_once import BuiltOnce
from ..convolutions.stencil import Stencil
from ..relaxed_layer import RelaxedLayer
from .memory import KeptMemory
from .untied_kernel import Untied, UntiedKernel


class LocallyConnected2d(BuiltOnce, RelaxedLayer):
    """Computes ``out(p) = sum_y K(p, y) f(p + y) + b``, with untied kernels ``K: [X, Y, O, k, k, I]``.

    Subclasses define the kernels that theirs are penalised for differing from, by a squared distance that starts at 0.

    Args:
        start: the kernel ``[O, I, k, k]`` that all places start from.
        bias: one number a field, or None for fields that allow none.
        shape: the grid ``(X, Y)``.
        boundary: kind of wall along x and y.
        alpha: weight of the penalty.

    Raises:
        ValueError: unknown walls; when called, fields on a different grid.
    """

    def __init__(
        self,
        start: Float[Tensor, "O I k k"],
        bias: Float[Tensor, " fields"] | None,
        shape: tuple[int, int],
        boundary: tuple[str, str],
        alpha: float,
    ):
        super().__init__()
        self.stencil, self.alpha = Stencil(start.shape[-1], boundary), alpha
        self.memory = KeptMemory()
        self.weight = nn.Parameter(start.detach().permute(0, 2, 3, 1).repeat(*shape, 1, 1, 1, 1))
        self.bias = None if bias is None else nn.Parameter(bias.detach().clone())

    def forward(self, fields: Float[Tensor, "B I X Y"]) -> Float[Tensor, "B O X Y"]:
        check_grid(fields, self.weight.shape[:2])
        output, bias = self._built().product(self._padded(fields)).permute(0, 3, 1, 2), self.channel_bias()
        return output if bias is None else output + bias[:, None, None]

    def _padded(self, fields: Float[Tensor, "B I X Y"]) -> Float[Tensor, "B X2 Y2 I"]:
        """Pads with channels last, the order of the output and of all gradients: where both orders meet, elementwise
        operations take ten times longer."""
        radius = self.weight.shape[3] // 2
        x, y = zero_padding(self.stencil.boundary, radius)
        around = (0, 0, radius - y, radius - y, radius - x, radius - x)
        wrapped = pad(fields.permute(0, 2, 3, 1)[None], around, mode="circular")[0]
        return pad(wrapped, (0, 0, y, y, x, x)).to(self.weight.dtype).contiguous()

    def build(self) -> UntiedKernel:
        return UntiedKernel(self.weight, self.memory)

    @abstractmethod
    def channel_bias(self) -> Float[Tensor, " O"] | None:
        """Returns one number per output channel, or None for fields that allow none."""

    def sizes(self) -> str:
        """Describes channels, kernel and walls in words."""
        return self.stencil.sizes(self.weight[0, 0].movedim(-1, 1))

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """Computes ``alpha`` times the squared distance from the kernels that the symmetry requires, divided by the
        number of weights."""
        weight = self.alpha / self.weight.numel()
        return weight * self._built().penalty(self.distance, self.add_gradient)

    def learned_relaxation(self) -> None:
        """Returns nothing: what the symmetry requires differs from layer to layer, and is not part of the kernels."""

    @abstractmethod
    def distance(self, kernel: Untied) -> Float[Tensor, ""]:
        """Computes the squared distance."""

    @abstractmethod
    def add_gradient(self, kernel: Untied, scale: Float[Tensor, ""], gradient: Untied) -> None:
        """Adds ``scale`` times the derivative of the squared distance to ``gradient``, in place."""
