"""Transfer of a trained strict network to its relaxed sibling at the constraint."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from .coarse_encoder import CoarseEncoder
from .layers import (
    DenseBranch,
    DensePathwayConv2d,
    FieldConv2d,
    Fields,
    PlainConv2d,
    RelaxedGroupConv2d,
    RelaxedSteerableConv2d,
    RelaxedTranslationConv2d,
    ResidualPathwayConv2d,
    ScaledLocalConv2d,
    SteerableConv2d,
    TurnedLocalConv2d,
)
from .layers.untied import LocallyConnected2d

Strict = PlainConv2d | SteerableConv2d
Layer = PlainConv2d | FieldConv2d | DensePathwayConv2d | LocallyConnected2d | RelaxedTranslationConv2d


@torch.no_grad()
def load_strict(relaxed: nn.Module, strict: nn.Module) -> None:
    """Gives ``relaxed`` the function of ``strict``: its convolutions, in order, take over kernels and biases.

    The relaxation is set back to its constraint: constant weights, the same kernel at all places, and zero for
    free and dense branches and for what encoders add.

    Args:
        relaxed: a network of this package's convolutions, as all relaxed models are.
        strict: a network of as many :class:`~symbreak.models.layers.SteerableConv2d` or, for translations,
            :class:`~symbreak.models.layers.PlainConv2d`, of the same sizes, walls and fields.

    Raises:
        ValueError: naming the networks, the layer and how it differs; ``relaxed`` is then left as it was. That is so
            for ``combo-scaling``, whose plain kernels are smaller than those of ``equiv-scaling``.
    """
    names = f"{type(relaxed).__name__} to compute what {type(strict).__name__} does"
    sources = [layer for layer in strict.modules() if isinstance(layer, Strict)]
    targets = list(_convolutions(relaxed))
    if len(sources) != len(targets) or not sources:
        raise ValueError(f"strict: expected {len(targets)} convolutions for {names}, got {len(sources)}")
    pairs = list(zip(targets, sources, strict=True))
    for number, (target, source) in enumerate(pairs, 1):
        expected, got = (_described(layer, _fields(target) is not None) for layer in (target, source))
        if expected != got:
            raise ValueError(f"strict: expected layer {number} with {expected} for {names}, got {got}")
    for target, source in pairs:
        _load(target, source)
    for module in relaxed.modules():
        if isinstance(module, DenseBranch):
            module.up.zero_()
        elif isinstance(module, CoarseEncoder):
            module.second.weight.zero_()
            module.second.bias.zero_()


def _convolutions(module: nn.Module) -> Iterator[Layer]:
    """Lists convolutions in order, without those that another one is made of."""
    if isinstance(module, Layer):
        yield module
    else:
        for child in module.children():
            yield from _convolutions(child)


def _bank(layer: Layer) -> Layer:
    """Returns the convolution that stands for the layer's sizes."""
    if isinstance(layer, RelaxedTranslationConv2d):
        return layer.banks[0]
    return layer.strict if isinstance(layer, DensePathwayConv2d) else layer


def _fields(layer: Layer) -> tuple[Fields, Fields] | None:
    """Returns source and target, None for layers between plain channels."""
    layer = _bank(layer)
    meant = isinstance(layer, FieldConv2d | TurnedLocalConv2d | ScaledLocalConv2d)
    return (layer.source, layer.target) if meant else None


def _described(layer: Layer, with_fields: bool) -> str:
    """Describes what two layers must share to compute the same, with the meaning of their channels if asked for."""
    sizes, fields = _bank(layer).sizes(), _fields(layer)
    return f"{fields[0]} to {fields[1]}, {sizes}" if with_fields and fields else sizes


def _load(target: Layer, source: Strict) -> None:
    if isinstance(target, RelaxedTranslationConv2d):
        for bank in target.banks:
            _load(bank, source)
        target.relaxation.fill_(1 / len(target.banks))
    elif isinstance(target, DensePathwayConv2d):
        _load(target.strict, source)
    else:
        _load_weight(target, source)
        bias = source.build()[1] if _fields(target) is None else source.bias
        if target.bias is not None:
            target.bias.copy_(torch.zeros_like(target.bias) if bias is None else bias)


def _load_weight(target: Layer, source: Strict) -> None:
    if isinstance(target, LocallyConnected2d):
        target.weight.copy_(source.build()[0].permute(0, 2, 3, 1))
    elif isinstance(target, PlainConv2d):
        target.weight.copy_(source.build()[0])
    elif isinstance(target, RelaxedGroupConv2d):
        _load_banks(target, source)
    else:
        target.weight.copy_(source.weight)
    if isinstance(target, RelaxedSteerableConv2d):
        target.deviation.zero_()
    elif isinstance(target, ResidualPathwayConv2d):
        target.free_weight.zero_()
        target.free_bias.zero_()


def _load_banks(target: RelaxedGroupConv2d, source: SteerableConv2d) -> None:
    """Loads every bank: both bases span the same kernels, so that ``Psi = w B_strict B_relaxed^+``."""
    change = source.basis.double().flatten(1) @ torch.linalg.pinv(target.basis.double().flatten(1))
    target.weight.copy_((source.weight.double() @ change).expand_as(target.weight))
    target.relaxation.fill_(1 / len(target.relaxation))
