"""Where layers compute their constants."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import torch


def on_cpu(compute: Callable) -> Callable:
    """Decorator: new tensors in the function are on the processor, wherever they go by default.

    Constants such as kernel bases are computed there, in float64, kept for all layers, and cast to the weights of each.
    """

    @wraps(compute)
    def there(*arguments, **options):
        with torch.device("cpu"):
            return compute(*arguments, **options)

    return there
