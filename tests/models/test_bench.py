"""The bench fills its table; the numbers in it are for people to read."""

import pytest

from symbreak.models import BenchSettings, bench_train, build, get_model
from symbreak.models.bench import builders
from symbreak.models.check import default_task


def test_the_table_has_a_row_a_model_and_ratios_that_make_sense():
    seen = []
    settings = BenchSettings(cells=8, channels=8, batch=1, rollout=2, repeats=1)
    table = bench_train(["equiv-rotation", "rsteer-scaling", "persistence"], settings, progress=seen.append)
    assert list(table.model) == ["bare convolutions", "convnet", "equiv-rotation", "rsteer-scaling"] == seen
    row = table.set_index("model")
    assert row.flops_share["bare convolutions"] == 1 and row.time_vs_convnet["convnet"] == 1
    assert row.kernel_share["convnet"] < row.kernel_share["equiv-rotation"]
    assert (table.steps_per_second > 0).all()
    assert (table.batch == 1).all() and (table.rollout == 2).all() and set(table.device) == {"cpu"}


def test_models_of_periodic_boxes_are_compared_with_the_convnet_there():
    settings = BenchSettings(cells=8, channels=8, batch=1, rollout=1, repeats=1)
    table = bench_train(["rgroup-translation"], settings).set_index("model")
    assert list(table.index) == ["bare convolutions", "convnet", "convnet, periodic x", "rgroup-translation"]
    own, plain = table.loc["rgroup-translation"], table.loc["convnet, periodic x"]
    assert plain.time_vs_convnet == 1
    assert own.time_vs_convnet == pytest.approx(plain.steps_per_second / own.steps_per_second)


@pytest.mark.parametrize("name", ["equiv-rotation", "rsteer-translation-rotation"])
def test_each_kernel_is_built_once(name):
    """Five layers; of the joint model each has two banks, which count with it."""
    layers = builders(build(name, default_task(get_model(name), cells=8), width=1))
    assert len(layers) == 5 and len({type(layer) for layer in layers}) == 1


def test_unknown_models_are_named():
    with pytest.raises(ValueError, match="got 'nonsense'"):
        bench_train(["nonsense"])


@pytest.mark.parametrize("name", ["batch", "rollout"])
def test_batch_and_rollout_are_at_least_one(name):
    with pytest.raises(ValueError, match=f"{name}: expected at least 1, got 0"):
        BenchSettings(**{name: 0})
