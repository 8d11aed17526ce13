"""Memory for large weights: chunk sizes, and buffers that are reused."""

from __future__ import annotations

import weakref

import numpy
import torch
from torch import Tensor

IN_CACHE = 2**18
IN_MEMORY = 2**24


class KeptMemory:
    """Keeps the memory of one tensor that is needed again and again, such as the gradient of large weights.

    Memory that the processor gives back and asks for again is cleared page by page, which for large arrays takes longer
    than computing what is in them. While a tensor in this memory is in use, others are new; so are all on devices whose
    allocator keeps memory itself.
    """

    def __init__(self):
        self._bytes = numpy.empty(0, numpy.uint8)
        self._lent = None

    def __reduce__(self):
        """Makes copies start without memory."""
        return KeptMemory, ()

    def empty_like(self, tensor: Tensor) -> Tensor:
        """Returns a contiguous tensor with arbitrary entries."""
        in_use = self._lent is not None and self._lent() is not None
        if in_use or tensor.device.type != "cpu":
            return torch.empty_like(tensor, memory_format=torch.contiguous_format)
        if len(self._bytes) != tensor.nbytes:
            self._bytes = numpy.empty(tensor.nbytes, numpy.uint8)
        view = self._bytes[:]
        self._lent = weakref.ref(view)
        return torch.from_numpy(view).view(tensor.dtype).view(tensor.shape)


def chunk_size(numbers_each: int, device: torch.device) -> int:
    """Computes how many items of a given size to process at a time, at least one.

    A processor is fastest on what stays in its cache, a quarter of a million numbers. Elsewhere each piece costs a few
    launches of kernels, which take longer than what they do to so little: there the limit, 64 MiB in single precision,
    only bounds the memory.
    """
    return max(1, (IN_CACHE if device.type == "cpu" else IN_MEMORY) // numbers_each)
