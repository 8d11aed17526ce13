"""The grids of runs that make up a benchmark. Every field can be overridden on the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import tyro

from ...datasets import Imported, Recipe, verify
from ...datasets.store.manifest import read_manifest
from ...models import get_model, list_models, load_model_file
from ...simulators import list_scenarios
from ..methods import base_model
from ..records.configuration import Evaluation, RunConfig, Simulations, Training
from ..records.records import DATA_ERROR_STEPS
from ..runs.evaluation import REVEALED_AFTER
from .choices import read_choices

LARGEST_BUDGET = 100_000_000
PAPER_MODELS = (
    "persistence",
    "linear",
    "mlp",
    "convnet",
    "convnet+augment",
    "convnet+remul",
    "equiv-rotation",
    "equiv-scaling",
    *(
        f"{row}-{symmetry}"
        for row in ("rpp", "combo", "lift", "rgroup", "rsteer", "clcnn")
        for symmetry in ("translation", "rotation", "scaling")
        if (row, symmetry) != ("rsteer", "translation")
    ),
)
"""The rows of the study's table (for translation its convnet is the strict model), its baselines, and two ways to teach
a plain network the symmetry."""
CORE_MODELS = (
    "persistence",
    "linear",
    "convnet",
    "convnet-global",
    "convnet+augment",
    *(
        f"{row}-{symmetry}"
        for symmetry in ("rotation", "translation", "reflection")
        for row in ("equiv", "lift-strict", "oracle", "rpp", "combo", "lift", "rgroup", "rsteer")
        if (row, symmetry) not in (("equiv", "translation"), ("rsteer", "translation"))
    ),
)
"""Networks without the symmetry, strict ones, those that are given the environment, and relaxed ones."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Grid of runs: scenarios x sizes of the training set x strengths x history lengths x models x seeds."""

    name: tyro.conf.Suppress[str]
    """Name of the preset on the command line, and of its results folder."""
    scenarios: tuple[str, ...] = ("rotation-buoyancy",)
    """Names of scenarios; may be empty if there are imported data."""
    imported: tuple[Path, ...] = ()
    """Folders of imported data, as `symbreak import` prints them; each counts as a scenario of its own."""
    strengths: tuple[float, ...] = (0.0, 0.5, 1.0)
    """How strongly the symmetry is broken, 0 to 1."""
    models: tuple[str, ...] = ()
    """Names of models; by default all those made for the symmetry of a scenario or for no symmetry."""
    seeds: tuple[int, ...] = (0,)
    """Replicates: each has simulations, initialisation and shuffling of its own."""
    fixed_data: bool = False
    """Give all seeds the simulations of --simulations.data-seed, instead of simulations of their own."""
    history: tuple[int, ...] = (1,)
    """Numbers of input frames."""
    train_simulations: tuple[int, ...] = ()
    """Sizes of the training set, each the first part of the larger ones; by default --simulations.train."""
    predicts: Literal["increment", "frame"] = "increment"
    """Meaning of the network's output: the change from the last frame, or the next frame itself."""
    budget: int | None = None
    """Parameter count that each model's width is chosen for; none: the models' own widths."""
    simulations: Simulations = field(default_factory=Simulations)
    training: Training = field(default_factory=Training)
    tuned: Path | None = None
    """The choices.csv of `symbreak tune`: step size and length of training for the scenarios and models in it."""
    evaluation: Evaluation = field(default_factory=Evaluation)

    def __post_init__(self):
        optional = ("imported", "train_simulations", *(("scenarios",) if self.imported else ()))
        for name in ("scenarios", "imported", "strengths", "seeds", "history", "train_simulations"):
            values, needed = getattr(self, name), name not in optional
            if (needed and not values) or len(set(values)) < len(values):
                least = " and at least one" if needed else ""
                raise ValueError(f"expected {name} without repetition{least}, got {[str(value) for value in values]}")
        if min(self.history) < 1:
            raise ValueError(f"expected a history of at least one frame, got {min(self.history)}")
        if self.budget is not None and not 1 <= self.budget <= LARGEST_BUDGET:
            raise ValueError(f"expected a budget of 1 to {LARGEST_BUDGET:,} parameters, got {self.budget:,}")
        if min(self.seeds) < 0:
            raise ValueError(f"expected seeds >= 0, got {min(self.seeds)}")
        if self.scenarios:
            self._check_windows(self.simulations, "the simulations")
        for scenario in list_scenarios():
            if scenario.name in self.scenarios and scenario.onset:
                self._check_onset(scenario.name, scenario.onset - self.simulations.first_frame)

    def _check_windows(self, size: Simulations | Imported, place: str) -> None:
        """Checks that the longest windows, and the steps over which the error of the data is measured, fit into the
        simulations or stations."""
        history = max(self.history)
        every = size.train_frames + size.valid_frames + size.future_frames
        if isinstance(size, Simulations) and every <= int(DATA_ERROR_STEPS):
            raise ValueError(
                f"expected simulations of more than {DATA_ERROR_STEPS} frames, after which the error of the data is "
                f"measured, got {every}"
            )
        trained = min(size.train_frames, size.valid_frames or every)
        for name, horizon, frames in (
            ("training.rollout", self.training.rollout, trained),
            ("evaluation.steps", self.evaluation.steps, size.future_frames),
        ):
            if history + horizon > frames:
                got = f"{history} + {horizon} in {place}"
                raise ValueError(f"expected history + {name} of at most {frames} frames, got {got}")

    def _check_onset(self, scenario: str, onset: int) -> None:
        """Checks that the windows whose histories end at the onset fit, and those that end later and are scored."""
        size, steps = self.simulations, self.evaluation.steps
        every = size.train_frames + size.valid_frames + size.future_frames
        if max(self.history) > onset + 1:
            raise ValueError(
                f"expected a history of at most {onset + 1} frames, those stored up to the onset of {scenario}, got "
                f"{max(self.history)}"
            )
        for name, needed, frames in (
            ("train_frames", onset + steps + self.training.rollout, size.train_frames),
            ("frames", onset + REVEALED_AFTER + steps + 1, every),
        ):
            if frames < needed:
                raise ValueError(
                    f"expected simulations of at least {needed} {name} for {scenario}, whose asymmetry begins at frame "
                    f"{onset} of these, got {frames}"
                )

    def recipes(self) -> list[Recipe | Imported]:
        """Lists the data sets of the grid, each once."""
        return list(dict.fromkeys(recipe for seed in self.seeds for series in self.series(seed) for recipe in series))

    def series(self, seed: int) -> list[list[Recipe | Imported]]:
        """Lists the data sets of one seed, grouped so that those of a group differ in strength alone.

        Raises:
            ValueError: a folder without imported data, or with simulations too short for the preset's windows; or two
                folders with data of the same name, which tables could not tell apart.
        """
        drawn = self.simulations.data_seed + (0 if self.fixed_data else seed)
        simulations = replace(self.simulations, data_seed=drawn)
        simulated = [
            [replace(simulations, train=train).recipe(scenario, strength) for strength in self.strengths]
            for scenario in self.scenarios
            for train in self.train_simulations or (self.simulations.train,)
        ]
        return simulated + [[recipe] for recipe in self._imports().values()]

    def _imports(self) -> dict[Path, Imported]:
        found = {}
        for folder in self.imported:
            recipe = read_manifest(folder).recipe
            if recipe.is_simulated:
                raise ValueError(f"expected imported data in {folder}, got simulated ones: name their scenario instead")
            for other in (place for place, known in found.items() if known.scenario == recipe.scenario):
                raise ValueError(
                    f"expected imported data of different names, got {recipe.name} in {other} and {folder}"
                )
            self._check_windows(recipe, recipe.scenario)
            found[folder] = recipe
        return found

    def verified_imports(self) -> dict[str, Path]:
        """Verifies the imported data sets, and returns their folders by hash.

        Raises:
            ValueError: as :meth:`series`, or a file is damaged.
        """
        for folder in self.imported:
            verify(folder)
        return {recipe.hash: folder for folder, recipe in self._imports().items()}

    def runs(self, model_file: Path | None = None) -> list[RunConfig]:
        """Lists the runs, seeds outermost, so that a first complete table is there early.

        Args:
            model_file: a user's file; its models join the grid.

        Raises:
            ValueError: unknown scenario or model, also in ``tuned``, a model of another symmetry than the data's, or as
                :meth:`series`.
        """
        own = [entry.name for entry in load_model_file(model_file)] if model_file else []
        source = hashlib.sha256(model_file.read_bytes()).hexdigest() if model_file else ""
        choices = self._choices() if self.tuned else {}
        return [
            RunConfig(
                recipe=recipe,
                model=model,
                model_source=source if base_model(model) in own else "",
                seed=seed,
                history=history,
                budget=self.budget,
                predicts=self.predicts,
                training=replace(self.training, **choices.get((recipe.scenario, model), {})),
                evaluation=self.evaluation,
            )
            for seed in self.seeds
            for series in self.series(seed)
            for history in self.history
            for model in self.models_for(series[0], own)
            for recipe in series
        ]

    def _choices(self) -> dict[tuple[str, str], dict[str, float | int]]:
        choices, known = read_choices(self.tuned), {entry.name for entry in list_models()}
        unknown = sorted({model for _, model in choices if base_model(model) not in known})
        if unknown:
            raise ValueError(f"expected names of models in {self.tuned}, got {', '.join(unknown)}")
        return choices

    def models_for(self, recipe: Recipe | Imported, own: Sequence[str] = ()) -> list[str]:
        """Lists the models that can be trained on a data set, ``own`` ones after those of the preset.

        Raises:
            ValueError: an unknown model or method, a method for an informed model, one that needs a module which is not
                installed, or none that is made for the symmetry and the grid of the data.
        """
        entries = list_models(recipe.symmetry)
        fitting = [entry.name for entry in entries if entry.fits(recipe.shape, recipe.onset is not None)]
        usable = [entry.name for entry in entries if entry.usable]
        named = list(dict.fromkeys((*(self.models or usable), *own)))
        chosen = [name for name in named if get_model(base_model(name)).name in fitting]
        if not chosen:
            raise ValueError(
                f"expected models for {recipe.scenario}, got {', '.join(named)}, which are made for other symmetries "
                "or grids"
            )
        for name, entry in ((name, get_model(base_model(name))) for name in chosen):
            if entry.cls.informed and name != entry.name:
                raise ValueError(
                    f"expected {entry.name} without a method, which would not move what it is told, got {name}"
                )
            if not entry.usable:
                raise ValueError(f"expected the module {entry.requires} for {entry.name}, got none: it {entry.note}")
        return chosen


def quick() -> Preset:
    """The first look: 32 x 32, one hidden asymmetry at four strengths, six models, minutes on two cores."""
    return Preset(
        name="quick",
        scenarios=("rotation-buoyancy-onset",),
        strengths=(0.0, 0.25, 0.5, 1.0),
        models=(
            "persistence",
            "convnet",
            "equiv-rotation",
            "lift-rotation",
            "rgroup-rotation",
            "oracle-rotation",
        ),
        budget=7_500,
        simulations=Simulations(resolution=32, test=32),
        training=Training(epochs=12),
    )


def core() -> Preset:
    """The study: hidden asymmetry of three symmetries, five strengths, every kind of model, five seeds; a night."""
    return Preset(
        name="core",
        scenarios=("rotation-buoyancy-onset", "translation-buoyancy-onset", "reflection-tilt-onset"),
        strengths=(0.0, 0.1, 0.25, 0.5, 1.0),
        models=CORE_MODELS,
        seeds=(0, 1, 2, 3, 4),
        budget=7_500,
        simulations=Simulations(resolution=32, test=32),
        training=Training(epochs=24),
    )


def full() -> Preset:
    """Six scenarios of hidden asymmetry, every model, five strengths, five seeds, 64 x 64; for a GPU or a cluster."""
    return Preset(
        name="full",
        scenarios=(
            "rotation-buoyancy-onset",
            "rotation-boundary-onset",
            "translation-buoyancy-onset",
            "translation-boundary-band-onset",
            "translation-rise-onset",
            "reflection-tilt-onset",
        ),
        strengths=(0.0, 0.1, 0.25, 0.5, 1.0),
        seeds=(0, 1, 2, 3, 4),
        budget=28_800,
        simulations=Simulations(test=32),
        training=Training(epochs=60),
    )


def revealed() -> Preset:
    """The first study: an asymmetry from rest on, which every state reveals; three symmetries, the models of the paper.

    The budget is twice the number of weights that depend on the place alone on this grid (two banks, five layers).
    """
    return Preset(
        name="revealed",
        scenarios=("rotation-buoyancy", "translation-buoyancy", "scaling-drag"),
        strengths=(0.0, 0.25, 0.5, 0.75, 1.0),
        models=PAPER_MODELS,
        seeds=(0, 1, 2),
        fixed_data=True,
        budget=20_000,
        simulations=Simulations(resolution=32),
        training=Training(epochs=24),
    )


def paper() -> Preset:
    """The protocol of Wang, Walters and Yu (2022): 64 x 64, ten frames in, twenty out; plumes after its notebook.

    ``docs/scenarios.md`` says how they differ from the notebook's. All three sets have 25 training plumes; the study's
    scaling set has three more.
    """
    return Preset(
        name="paper",
        scenarios=("published-translation", "published-rotation", "published-scaling"),
        strengths=(1.0,),
        models=PAPER_MODELS,
        seeds=(0, 1, 2),
        fixed_data=True,
        history=(10,),
        predicts="frame",
        simulations=Simulations(
            train=25,
            valid=0,
            test=10,
            train_frames=160,
            valid_frames=40,
            future_frames=110,
            first_frame=1,
        ),
        training=Training(
            learning_rate=1e-3,
            decay=0.95,
            weight_decay=4e-4,
            batch=8,
            rollout=6,
            epochs=100,
            epoch_steps=450,
            patience=10,
        ),
        evaluation=Evaluation(steps=20),
    )


PRESETS = {preset.__name__: preset for preset in (quick, core, full, revealed, paper)}


def description(name: str) -> str:
    """Quotes the first line of a preset's docstring."""
    return (PRESETS[name].__doc__ or "").splitlines()[0]
