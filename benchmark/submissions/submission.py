"""Submissions: a model, its runs and weights in one archive, whose metrics anybody can compute again."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console

from ...datasets import DataSet, Imported, Recipe
from ...datasets.store.files import read_bytes
from ...models import count_parameters, get_model
from ..methods import base_model
from ..records.configuration import RunConfig
from ..records.parsing import parse
from ..records.records import RunRecord, load_runs, load_weights
from ..runs.evaluation import evaluate
from ..runs.execute import choose_device, data_errors, identity, reproducible, untrained
from ..runs.machine import Machine, generate_all, progress_bar
from ..runs.rollout import Rollout
from .agreement import Agreement, compare
from .archive import MODEL_FILE, pack, read_json, unpack
from .fresh import FreshErrors, fresh_errors, fresh_recipe
from .isolated import isolated
from .repeat import check_model_file, config_of

SEEDS = 2**31
Found = tuple[RunRecord, FreshErrors | None]


@dataclass(frozen=True)
class Verdict:
    """Holds the outcome of rescoring one run; without an agreement, the reason why it could not be scored."""

    record: RunRecord
    agreement: Agreement | None = None
    fresh: FreshErrors | None = None
    """Errors on new simulations; none for imported data, which nobody can simulate."""
    stored: int = 0
    """How many numbers the weights hold, those that are not trained among them."""
    reason: str = ""

    def holds(self, tolerance: float) -> bool:
        """Whether the numbers are those of the record, and no larger on new simulations."""
        same = self.agreement is not None and self.agreement.difference <= tolerance
        return same and (self.fresh is None or self.fresh.agree)

    def __str__(self) -> str:
        return "; ".join(str(part) for part in (self.agreement or self.reason, self.fresh) if part)


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
    seed: int | None = None,
) -> Iterator[Verdict]:
    """Simulates the data of a submission and computes every metric from the stored weights; then scores the same
    weights on simulations of a seed that is drawn now. Yields one verdict per run.

    Everything read is checked before it is used; nothing in the archive is executed, except its model file if that is
    trusted, in processes of their own that see no targets, see :mod:`.isolated`.

    Args:
        seed: of the new simulations; drawn if none is given.

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
        _check_code(configs)
        _check_recipes(configs, recipes)
        if model_file and not trust_model_file:
            raise ValueError(
                f"expected --trust-model-file, because rescoring runs the submitter's {MODEL_FILE} with your rights, "
                f"got no such flag: read the file first with `tar -xOf {archive} {MODEL_FILE}`"
            )
        seed = secrets.randbelow(SEEDS) if seed is None else seed
        fresh = {each.hash: fresh_recipe(each, seed) for each in recipes if isinstance(each, Recipe)}
        with progress_bar(console) as progress:
            data = generate_all([*recipes, *dict.fromkeys(fresh.values())], machine, progress)
        for record, config in zip(records, configs, strict=True):
            claimed, new = config.recipe.hash, fresh.get(config.recipe.hash)
            sets = [DataSet(data[name]) for name in (claimed, *([new.hash] if new else []))]
            yield _verdict(folder, record, config, sets, model_file, choose_device(machine.device))


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


def _verdict(
    folder: Path,
    record: RunRecord,
    config: RunConfig,
    data: Sequence[DataSet],
    model_file: Path | None,
    device: torch.device,
) -> Verdict:
    try:
        weights = load_weights(folder, config.hash)
        with reproducible():
            if config.model_source and model_file:
                path = folder / "runs" / f"{config.hash}.pt" if weights else None
                found, fresh = _score_isolated(config, path, model_file, data, device)
            else:
                found, fresh = _score(config, weights, data, device)
    except Exception as error:
        return Verdict(record, reason=" ".join(f"{type(error).__name__}: {error}".split()))
    if record.family != found.family:
        return Verdict(record, reason=f"expected family {found.family}, got {record.family!r:.80}")
    stored = sum(values.numel() * (1 + values.is_complex()) for values in weights.values())
    return Verdict(record, compare(record, found), fresh, stored)


def _score(config: RunConfig, weights: dict[str, torch.Tensor], data: Sequence[DataSet], device: torch.device) -> Found:
    """Scores a model of symbreak."""
    rollout = untrained(config, _increment_scale(data), seed=0).to(device)
    rollout.model.load_state_dict(weights)
    family = get_model(base_model(config.model)).family
    return _found(config, rollout, family, count_parameters(rollout), data, device)


def _score_isolated(
    config: RunConfig, weights: Path | None, model_file: Path, data: Sequence[DataSet], device: torch.device
) -> Found:
    """Scores a model of a file, in a process of its own.

    Raises:
        ValueError: the model fails, or does what no model does, see :mod:`.serve`.
    """
    with isolated(config, _increment_scale(data), weights, model_file, device) as (rollout, model):
        found = _found(config, rollout, model.family, model.n_parameters, data, device)
        if model.noticed:
            raise ValueError("; ".join(dict.fromkeys(model.noticed)))
    return found


def _increment_scale(data: Sequence[DataSet]) -> float:
    return data[0].increment_rms / data[0].velocity_rms


def _found(
    config: RunConfig, rollout: Rollout, family: str, size: int, data: Sequence[DataSet], device: torch.device
) -> Found:
    """Computes the part of a record that follows from weights and data, and the errors on new simulations."""
    claimed, *new = data
    record = replace(
        identity(config),
        family=family,
        n_parameters=size,
        data=data_errors(claimed),
        metrics=tuple(evaluate(rollout, claimed, config.evaluation, device)),
    )
    return record, fresh_errors(rollout, claimed, new[0], config.evaluation, device) if new else None
