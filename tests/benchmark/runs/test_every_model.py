"""Every registered model is trained, scored, stored and loaded, as in a run."""

from dataclasses import replace

import pytest
import torch

from symbreak.benchmark.grids.warnings import learns
from symbreak.benchmark.records.records import load_run, load_weights
from symbreak.benchmark.runs.execute import execute, untrained
from symbreak.datasets import DataSet, generate
from symbreak.models import list_models
from symbreak.simulators import list_scenarios

MODELS = {entry.name: entry for entry in list_models() if entry.usable}


def scenario_of(entry):
    """A scenario that the model is made for; informed models need one with an onset."""
    fitting = [each for each in list_scenarios() if each.has_floor == entry.cls.informed and not each.plumes]
    return next(each.name for each in fitting if not entry.symmetries or each.symmetry in entry.symmetries)


@pytest.mark.parametrize("name", MODELS)
def test_two_steps_and_a_record(name, tiny, data_dir, tmp_path):
    scenario = scenario_of(MODELS[name])
    frames = {"first_frame": 15, "train_frames": 20} if MODELS[name].cls.informed else {"first_frame": 10}
    (config,) = replace(
        tiny,
        scenarios=(scenario,),
        strengths=(0.0,),
        models=(name,),
        simulations=replace(tiny.simulations, **frames, future_frames=10),
        training=replace(tiny.training, epochs=1, epoch_steps=2),
    ).runs()
    path = generate(config.recipe, data_dir)
    execute(config, path, tmp_path)
    record = load_run(tmp_path / "runs" / f"{config.hash}.json")
    assert record.done, record.reason
    assert len(record.curves.train_loss) == learns(config)
    fresh = untrained(config, DataSet(path).increment_rms, seed=1).model
    weights = load_weights(tmp_path, config.hash)
    fresh.load_state_dict(weights)
    assert all(torch.equal(fresh.state_dict()[key], value) for key, value in weights.items())
