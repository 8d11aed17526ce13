"""From a trained strict network to its relaxed sibling at the constraint."""

from __future__ import annotations

import torch
from torch import nn

from .layers import Fields, RelaxedSteerableConv2d, ResidualPathwayConv2d, SteerableConv2d
from .layers.field_conv import FieldConv2d
from .layers.relaxed_banks import RelaxedBanksConv2d


@torch.no_grad()
def load_strict(relaxed: nn.Module, strict: nn.Module) -> None:
    """Gives ``relaxed`` the function of ``strict``: its convolutions, in order, take over kernels and biases.

    The relaxation is set back to its constraint: constant weights, free branches at zero.

    Args:
        relaxed: a network of steerable, relaxed steerable, relaxed group or residual pathway convolutions.
        strict: a network of :class:`~symbreak.models.layers.SteerableConv2d` with the same fields.

    Raises:
        ValueError: other layers, another number of them, or other fields.
    """
    sources = [layer for layer in strict.modules() if isinstance(layer, SteerableConv2d)]
    targets = [layer for layer in relaxed.modules() if isinstance(layer, tuple(LOADERS))]
    if len(sources) != len(targets) or not sources:
        raise ValueError(f"strict: expected {len(targets)} steerable convolutions, got {len(sources)}")
    for target, source in zip(targets, sources, strict=True):
        expected, got = _sizes(target), _sizes(source)
        if expected != got:
            raise ValueError(f"strict: expected a layer of {expected}, got {got}")
        if target.bias is not None:
            target.bias.copy_(source.bias)
        next(load for kind, load in LOADERS.items() if isinstance(target, kind))(target, source)


def _sizes(layer: FieldConv2d) -> tuple[Fields, Fields, int]:
    return layer.source, layer.target, layer.kernel_size


def _steerable(target: SteerableConv2d, source: SteerableConv2d) -> None:
    target.weight.copy_(source.weight)


def _relaxed_steerable(target: RelaxedSteerableConv2d, source: SteerableConv2d) -> None:
    target.weight.copy_(source.weight)
    target.deviation.zero_()


def _residual_pathway(target: ResidualPathwayConv2d, source: SteerableConv2d) -> None:
    target.weight.copy_(source.weight)
    target.free_weight.zero_()
    target.free_bias.zero_()


def _relaxed_banks(target: RelaxedBanksConv2d, source: SteerableConv2d) -> None:
    """Both bases span the same kernels: ``Psi = w B_strict B_relaxed^+``, in every bank."""
    change = source.basis.double().flatten(1) @ torch.linalg.pinv(target.basis.double().flatten(1))
    target.weight.copy_((source.weight.double() @ change).expand_as(target.weight))
    target.relaxation.fill_(1 / len(target.relaxation))


LOADERS = {
    SteerableConv2d: _steerable,
    RelaxedSteerableConv2d: _relaxed_steerable,
    ResidualPathwayConv2d: _residual_pathway,
    RelaxedBanksConv2d: _relaxed_banks,
}
