"""The model of a submission in a process of its own, which is sent histories and sends back what it predicts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import torch
from torch import Tensor

from ...models import Forecaster, Task
from ..methods import base_model
from ..records.configuration import RunConfig
from ..runs.execute import task_of
from ..runs.rollout import Rollout
from .serve import receive, send

SERVER = (sys.executable, "-m", "symbreak.benchmark.submissions.serve")


class IsolatedModel(Forecaster):
    """Asks another process for each output, and takes nothing from it but numbers."""

    def __init__(self, task: Task, process: subprocess.Popen[bytes], description: dict[str, Any]):
        super().__init__(task)
        self.process = process
        self.noticed: list[str] = []
        about, _ = self._ask(description)
        self.family, self.n_parameters = str(about["family"]), int(about["parameters"])
        self.relaxation: float | None = about["relaxation"]
        vars(self)["informed"] = bool(about["informed"])

    def forward(self, history: Tensor, *environment: Tensor) -> Tensor:
        _, (output,) = self._ask({}, history, *environment)
        return output.to(history)

    def learned_relaxation(self) -> float | None:
        return self.relaxation

    def _ask(self, content: dict[str, Any], *inputs: Tensor) -> tuple[dict[str, Any], list[Tensor]]:
        """Sends a message and returns the answer.

        Raises:
            ValueError: the model failed, or its process ended.
        """
        try:
            send(cast("BinaryIO", self.process.stdin), content, *inputs)
            answer, outputs = receive(cast("BinaryIO", self.process.stdout))
        except (OSError, EOFError) as error:
            code = self.process.wait()
            raise ValueError(f"expected the model to answer, got the end of its process, code {code}") from error
        self.noticed = answer.get("noticed") or self.noticed
        if "error" in answer:
            raise ValueError(str(answer["error"]))
        return answer, outputs


@contextmanager
def isolated(
    config: RunConfig, increment_scale: float, weights: Path | None, model_file: Path, device: torch.device
) -> Generator[tuple[Rollout, IsolatedModel]]:
    """Yields a model of a file with its stored weights, in a rollout and by itself, for as long as its process lives.

    The model is built for a task with ``increment_scale`` 1, which else tells data sets apart; the rollout, on this
    side, has the right one.

    Raises:
        ValueError: the model cannot be built, or the weights are not its own; later, wherever it fails.
    """
    task = task_of(config, increment_scale)
    description = {
        "model": base_model(config.model),
        "task": asdict(replace(task, increment_scale=1.0)),
        "budget": config.budget,
        "weights": None if weights is None else str(weights),
        "model_file": str(model_file),
        "device": device.type,
    }
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(SERVER, stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        try:
            model = IsolatedModel(task, process, description)
            yield Rollout(model, task), model
        finally:
            process.kill()
