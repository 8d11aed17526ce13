"""The device on which layers compute their constants."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import torch


def on_cpu(compute: Callable) -> Callable:
    """Decorates a function so that new tensors inside are on the CPU, whatever the default device.

    Constants such as kernel bases are computed there, in float64, kept for all layers, and cast to the weights of each.
    """

    @wraps(compute)
    def there(*arguments, **options):
        with torch.device("cpu"):
            return compute(*arguments, **options)

    return there
