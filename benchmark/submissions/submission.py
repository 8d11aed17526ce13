"""Submissions: a model, its runs and weights in one archive, whose metrics anybody can compute again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console

from ...datasets import DataSet, Imported, Recipe
from ...datasets.store.files import read_bytes
from ...models import count_parameters, get_model, load_model_file
from ..methods import base_model
from ..records.configuration import RunConfig
from ..records.parsing import parse
from ..records.records import RunRecord, load_runs, load_weights
from ..runs.evaluation import evaluate
from ..runs.execute import choose_device, data_errors, identity, reproducible, untrained
from ..runs.machine import Machine, generate_all, progress_bar
from .agreement import Agreement, compare
from .archive import MODEL_FILE, pack, read_json, unpack
from .repeat import check_model_file, config_of


@dataclass(frozen=True)
class Verdict:
    """Holds the outcome of rescoring one run; without an agreement, the reason why it could not be scored."""

    record: RunRecord
    agreement: Agreement | None = None
    reason: str = ""

    def holds(self, tolerance: float) -> bool:
        return self.agreement is not None and self.agreement.difference <= tolerance

    def __str__(self) -> str:
        return str(self.agreement or self.reason)


def submit(
    results: str | Path, models: Sequence[str], archive: str | Path, model_file: str | Path | None = None
) -> list[RunRecord]:
    """Packs the finished runs of ``models``, their weights and recipes, and the file that the models come from.

    Returns:
        The records that were packed.

    Raises:
        ValueError: a model without finished runs, a run without weights, a model file other than that of the runs, or
            a model of an installed package, whose code the archive would lack.
    """
    results, archive = Path(results), Path(archive)
    model_file = None if model_file is None else Path(model_file)
    records = [record for record in load_runs(results) if record.model in models and record.done]
    for model in models:
        if model not in {record.model for record in records}:
            raise ValueError(f"expected finished runs of {model} in {results}, got none")
    configs = [record.config for record in records]
    _check_sources(configs, model_file)
    _check_code(configs)
    members = {f"recipes/{config.recipe.hash}.json": config.recipe.content.encode() for config in configs}
    if model_file:
        members[MODEL_FILE] = read_bytes(model_file)
    for record in records:
        name = f"runs/{record.hash}"
        members[f"{name}.json"] = read_bytes(results / f"{name}.json")
        if record.n_parameters or (results / f"{name}.pt").exists():
            members[f"{name}.pt"] = read_bytes(results / f"{name}.pt")
    pack(members, archive)
    return records


def rescore(
    archive: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    *,
    trust_model_file: bool = False,
) -> Iterator[Verdict]:
    """Simulates the data of a submission and computes every metric from the stored weights; yields one verdict per run.

    Everything read is checked before it is used; nothing in the archive is executed, except its model file if that is
    trusted.

    Raises:
        ValueError: the archive is refused, see :func:`.archive.unpack`; a record is invalid or of a failed run; or
            there is a model file and ``trust_model_file`` was not given.
    """
    archive, machine, console = Path(archive), machine or Machine(), console or Console(quiet=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(archive, folder)
        records = load_runs(folder)
        configs = [config_of(record) for record in records]
        files = sorted(folder.glob("recipes/*.json"))
        recipes = [parse(Recipe | Imported, read_json(path), path.name) for path in files]
        model_file = folder / MODEL_FILE if (folder / MODEL_FILE).exists() else None
        _check_sources(configs, model_file)
        _check_recipes(configs, recipes)
        _import(model_file, archive, trust_model_file)
        with progress_bar(console) as progress:
            data = generate_all(recipes, machine, progress)
        for record, config in zip(records, configs, strict=True):
            yield _verdict(folder, record, config, data[config.recipe.hash], choose_device(machine.device))


def _check_sources(configs: Sequence[RunConfig], model_file: Path | None) -> None:
    """Checks that each run of a user's model comes from the file, and that the file is needed."""
    own = [config for config in configs if config.model_source]
    for config in own or configs[:1]:
        check_model_file(config, model_file)


def _check_code(configs: Sequence[RunConfig]) -> None:
    """Checks that every model is one of symbreak's or comes from the model file."""
    for name in sorted({base_model(config.model) for config in configs if not config.model_source}):
        module = get_model(name).cls.__module__
        if module.split(".")[0] != __name__.split(".")[0]:
            raise ValueError(
                f"expected models whose code can be packed, got {name} of the installed module {module}: run it from "
                "a file with --model-file, and submit it with the same"
            )


def _check_recipes(configs: Sequence[RunConfig], recipes: Sequence[Recipe | Imported]) -> None:
    needed, got = {config.recipe.hash for config in configs}, {recipe.hash for recipe in recipes}
    if needed != got:
        raise ValueError(f"expected one recipe for each data set of the runs, got a difference in {min(needed ^ got)}")


def _import(model_file: Path | None, archive: Path, trusted: bool) -> None:
    if model_file and not trusted:
        raise ValueError(
            f"expected --trust-model-file, because rescoring runs the submitter's {MODEL_FILE} with your rights, got "
            f"no such flag: read the file first with `tar -xOf {archive} {MODEL_FILE}`"
        )
    if model_file:
        load_model_file(model_file)


def _verdict(folder: Path, record: RunRecord, config: RunConfig, data_path: Path, device: torch.device) -> Verdict:
    try:
        weights = load_weights(folder, config.hash)
        with reproducible():
            found = _score(config, weights, DataSet(data_path), device)
        if record.family != found.family:
            return Verdict(record, reason=f"expected family {found.family}, got {record.family!r:.80}")
        return Verdict(record, compare(record, found))
    except Exception as error:
        return Verdict(record, reason=" ".join(f"{type(error).__name__}: {error}".split()))


def _score(config: RunConfig, weights: dict[str, torch.Tensor], data: DataSet, device: torch.device) -> RunRecord:
    """Computes the part of a record that follows from weights and data."""
    rollout = untrained(config, data.increment_rms / data.velocity_rms, seed=0).to(device)
    rollout.model.load_state_dict(weights)
    return replace(
        identity(config),
        family=get_model(base_model(config.model)).family,
        n_parameters=count_parameters(rollout),
        data=data_errors(data),
        metrics=evaluate(rollout, data, config.evaluation, device),
    )
