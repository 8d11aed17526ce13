"""A process that predicts with a model of somebody else, and knows nothing but what it is asked.

Started as ``python -m symbreak.benchmark.submissions.serve``. The other process, of ``isolated.py``, sends a
description of the model, then inputs, and gets outputs: numbers, never objects, so that nothing that comes back can
execute code. Targets never reach this process. Before the model's own code is loaded it begins to refuse files,
connections, other processes and imports of the simulator, and notes every attempt.

Messages are a line of JSON, followed by as many float32 numbers as it says.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import torch
from torch import Tensor

from ...models import (
    Forecaster,
    Task,
    build,
    count_parameters,
    get_model,
    kernels_built_once,
    list_models,
    load_model_file,
)
from ...models.containment import reason

CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib")
"""Ends of names of files that hold code, which Python may load at any time."""
SYSTEM = ("/proc/cpuinfo", "/proc/meminfo", "/proc/self/", "/sys/", "/dev/null", "/dev/urandom")
"""What libraries read to learn of the processor."""
FORBIDDEN_MODULES = ("symbreak.simulators", "symbreak.datasets", "symbreak.benchmark", "phi", "phiml")
FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")
LONGEST_LINE = 2**16
LARGEST = 2**28


class Forbidden(PermissionError):
    """Says what a model tried to reach."""


def send(stream: BinaryIO, content: dict[str, Any], *arrays: Tensor) -> None:
    """Writes a message: ``content``, with the shapes of the arrays, then their numbers as they lie in memory, because
    convolutions round differently in another order."""
    orders = [sorted(range(array.dim()), key=array.stride, reverse=True) for array in arrays]
    header = content | {"shapes": [list(array.shape) for array in arrays], "orders": orders}
    stream.write(json.dumps(header).encode() + b"\n")
    for array, order in zip(arrays, orders, strict=True):
        stream.write(array.detach().float().cpu().permute(order).contiguous().numpy().tobytes())
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], list[Tensor]]:
    """Reads a message.

    Raises:
        EOFError: the other process has ended.
        ValueError: it is not a message, or has more than :data:`LARGEST` numbers.
    """
    line = stream.readline(LONGEST_LINE)
    if not line:
        raise EOFError("expected a message, got the end")
    content = json.loads(line)
    arrays = []
    for shape, order in zip(content.pop("shapes"), content.pop("orders"), strict=True):
        size = math.prod(shape)
        if not 0 <= size <= LARGEST:
            raise ValueError(f"expected arrays of at most {LARGEST} numbers, got {shape}")
        numbers = bytearray(stream.read(4 * size))
        if len(numbers) < 4 * size:
            raise EOFError("expected numbers, got the end")
        array = torch.frombuffer(numbers, dtype=torch.float32).clone() if size else torch.empty(0)
        places = [order.index(dim) for dim in range(len(shape))]
        arrays.append(array.view([shape[dim] for dim in order]).permute(places))
    return content, arrays


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Builds the model that the first message describes, then answers each batch of inputs until there are no more."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    description, _ = receive(requests)
    noticed: list[str] = []
    try:
        model = _model(description, noticed)
        relaxation = model.learned_relaxation()
    except BaseException as error:
        send(answers, {"error": reason(error), "noticed": noticed})
        return
    about = {
        "informed": bool(model.informed),
        "family": get_model(description["model"]).family,
        "parameters": count_parameters(model),
        "relaxation": None if relaxation is None else float(relaxation),
    }
    send(answers, about | {"noticed": noticed})
    with torch.no_grad(), kernels_built_once(model):
        while inputs := _next(requests):
            try:
                output = model(*(each.to(description["device"]) for each in inputs))
                if not isinstance(output, Tensor):
                    raise TypeError(f"expected a tensor from {type(model).__name__}, got {type(output).__name__}")
                send(answers, {"noticed": noticed}, output)
            except BaseException as error:
                send(answers, {"error": reason(error), "noticed": noticed})


def _next(requests: BinaryIO) -> list[Tensor]:
    """Reads the next inputs; none at the end."""
    try:
        return receive(requests)[1]
    except EOFError:
        return []


def _model(description: dict[str, Any], noticed: list[str]) -> Forecaster:
    """Reads the weights, then watches, loads the model file and builds the model."""
    weights = torch.load(description["weights"], weights_only=True) if description["weights"] else {}
    list_models()  # reads what is installed, while files may be opened
    sys.addaudithook(_watch(noticed, description["model_file"]))
    load_model_file(description["model_file"])
    fields = description["task"]
    task = Task(**fields | {name: tuple(fields[name]) for name in ("shape", "boundary")})
    torch.manual_seed(0)
    model = build(description["model"], task, budget=description["budget"])
    model.load_state_dict(weights)
    return model.to(description["device"]).eval()


def _watch(noticed: list[str], model_file: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Makes the audit hook, which stays for good and sees what Python does, whichever function is called; what it
    refuses is also noted, because the model may catch the error."""
    libraries = tuple(os.path.realpath(path) for path in (sys.prefix, sys.base_prefix))
    own = os.path.realpath(model_file)

    def allowed(path: str, mode: str | None) -> bool:
        reads = not set(mode or "r") & set("wax+")
        return reads and (path == own or path.endswith(CODE) or path.startswith((*libraries, *SYSTEM)))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        said = ""
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            said = "" if allowed(path, arguments[1]) else f"opens no files, got {path} opened"
        elif event.startswith(FORBIDDEN_EVENTS):
            said = f"computes alone, got {event}"
        elif event == "import" and any(f"{arguments[0]}.".startswith(f"{name}.") for name in FORBIDDEN_MODULES):
            said = f"does not simulate, got {arguments[0]} imported"
        if said:
            noticed.append(f"expected a model that {said}")
            raise Forbidden(noticed[-1])

    return hook


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)
