"""Generation: same bytes however it is done, resumable, and nothing half-written."""

import json
import os
import shutil
import signal
import sys
import weakref
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbreak.datasets import DataError, DataSet, Recipe, generate, measure, measure_asymmetry, verify
from symbreak.datasets.generate import simulate_chunk
from symbreak.datasets.measure import equivariance_of_files
from symbreak.datasets.recipes.plan import chunks
from symbreak.datasets.recipes.recipe import SPLITS
from symbreak.datasets.store.files import checksum, remove_leftovers
from symbreak.datasets.store.well import decode, encode
from symbreak.simulators import Scenario, list_scenarios, simulate, still
from symbreak.simulators.scenarios.registry import SCENARIOS


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_folder_says_what_is_in_it(folder, small):
    assert folder == small.folder(folder.parent.parent)
    assert folder.name == f"strength-0.50-{small.hash}"
    assert verify(folder) is None


def test_same_bytes_with_two_workers(folder, small, tmp_path):
    assert contents(generate(small, tmp_path, workers=2)) == contents(folder)


def test_repeating_is_a_cache_hit(folder, small):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert generate(small, folder.parent.parent, progress=lambda done, total: pytest.fail("simulated again")) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_goes_on_where_it_stopped(folder, small, tmp_path):
    """A progress callback that raises stands for Ctrl-C."""

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(small, tmp_path, progress=interrupt)
    target = small.folder(tmp_path)
    finished = {path: path.stat().st_mtime_ns for path in target.rglob("*.hdf5")}
    assert finished and not (target / "manifest.json").exists()
    with pytest.raises(DataError, match=r"expected a data set with .*manifest.json, got none"):
        DataSet(target)
    generate(small, tmp_path)
    assert contents(target) == contents(folder)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished


def simulate_until_the_test_plumes(recipe, folder, chunk, device):
    if chunk.simulations == "test":
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate_chunk(recipe, folder, chunk, device)


def test_goes_on_after_a_worker_was_killed(folder, small, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["symbreak.datasets.generate"], "simulate_chunk", simulate_until_the_test_plumes)
        with pytest.raises(DataError, match=r"^expected 2 workers to simulate .*, got one that was killed, .*$"):
            generate(small, tmp_path, workers=2)
    assert not (small.folder(tmp_path) / "manifest.json").exists()
    assert contents(generate(small, tmp_path)) == contents(folder)


@pytest.mark.parametrize("damage", ["flipped", "truncated", "no record"])
def test_damage_before_the_manifest_is_simulated_again(damage, folder, small, tmp_path):
    """A finished file whose recorded checksum is wrong or missing is not trusted."""

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(small, tmp_path, progress=interrupt)
    target = small.folder(tmp_path)
    file = target / "data/train/simulations-00000-00007.hdf5"
    content, record = file.read_bytes(), file.with_name(f"{file.name}.sha256")
    assert record.read_text() == checksum(content)
    if damage == "no record":
        record.unlink()
    else:
        flipped = content[:-100] + bytes([content[-100] ^ 1]) + content[-99:]
        file.write_bytes(flipped if damage == "flipped" else content[:-100])
    generate(small, tmp_path)
    assert contents(target) == contents(folder), "neither damage nor records are left"


class Watch:
    """Counts the simulations in arrays that are still alive, and the most there ever were."""

    def __init__(self):
        self.alive, self.most = {}, 0

    def add(self, array):
        if id(array) not in self.alive:
            self.alive[id(array)] = len(array)
            weakref.finalize(array, self.alive.pop, id(array))
        self.most = max(self.most, sum(self.alive.values()))

    def simulate(self, *args):
        for plumes in simulate(*args):
            self.add(plumes.smoke)
            yield plumes

    def encode(self, recipe, frames, draws, first_frame):
        self.add(frames.velocity.base)
        return encode(recipe, frames, draws, first_frame)

    def decode(self, content, name):
        frames = decode(content, name)
        self.add(frames.velocity)
        return frames


def test_memory_does_not_grow_with_the_number_of_simulations(small, tmp_path):
    """Twice as many in every split, from 16 on, of which the error is measured: as many as before are in memory, which
    are, while it is measured, those 16 at two moments."""

    def most(simulations):
        watch, recipe = Watch(), replace(small, train=simulations, valid=simulations, test=simulations)
        with pytest.MonkeyPatch.context() as patch:
            for module, name in (
                ("simulators.scenarios.scenario", "simulate"),
                ("datasets.generate", "encode"),
                ("datasets.store.finish", "decode"),
                ("datasets.measure", "decode"),
            ):
                patch.setattr(sys.modules[f"symbreak.{module}"], name, getattr(watch, name))
            generate(recipe, tmp_path)
        assert not watch.alive
        return watch.most

    assert most(16) == most(32) == 2 * 16


def test_progress_ends_at_the_total(small, tmp_path):
    seen = []
    generate(small, tmp_path, progress=lambda done, total: seen.append((done, total)))
    done, total = zip(*seen, strict=True)
    assert list(done) == sorted(done) and done[-1] == total[0] and len(set(total)) == 1


def test_stored_frames_are_those_of_the_simulation(folder, small):
    (chunk,) = (chunk for chunk in chunks(small) if chunk.simulations == "test")
    scenario, box = small.physics, small.physics.box(16)
    law = scenario.law(box, chunk.draws(small), 0.5)
    run = list(simulate(still(box, 4), law, box, small.last_frame))
    expected = torch.stack([state.velocity for state in run[small.first_frame - 1 :]], 1).float()
    assert torch.equal(DataSet(folder).velocity("domain"), expected)
    assert DataSet(folder).smoke("domain").shape == (4, small.frames, 16, 16)


def test_future_continues_the_training_simulations(folder, small):
    """The change from the last training frame to the first future frame is no larger than changes are elsewhere."""
    train, future = (DataSet(folder).velocity(split) for split in ("train", "future"))
    assert train.shape[0] == future.shape[0] == small.train
    jump = (future[:, 0] - train[:, -1]).norm()
    assert jump < 1.5 * (train[:, -1] - train[:, -2]).norm()


def test_statistics_by_hand(folder):
    dataset = DataSet(folder)
    train = dataset.velocity("train").double()
    assert dataset.velocity_rms == pytest.approx(train.square().mean().sqrt().item())
    assert dataset.increment_rms == pytest.approx(train.diff(dim=1).square().mean().sqrt().item())


def test_measured_error(folder, tmp_path, small):
    """In the manifest, reproducible, at most 1e-5 without breaking, rising with strength."""
    errors = {0.5: measure(folder)}
    assert errors[0.5] == DataSet(folder).equivariance_error
    with pytest.raises(DataError, match=r"expected imported data in .*, got simulated ones"):
        measure_asymmetry(folder)
    assert set(errors[0.5]) == {1, 5}, "20 and 10 steps do not fit into 9 frames"
    assert measure(folder, steps=(9, 100)) == {} and measure(folder, steps=(8, 9)).keys() == {8}
    with pytest.raises(ValueError, match="expected steps of at least 1, got 0"):
        measure(folder, steps=(5, 0))
    for strength in (0.0, 1.0):
        errors[strength] = DataSet(
            generate(Recipe(**{**small.__dict__, "strength": strength}), tmp_path)
        ).equivariance_error
    for n in (1, 5):
        assert errors[0.0][n] <= 1e-5 < 0.1 < errors[0.5][n] < errors[1.0][n]


def test_measures_what_is_on_disk(small, tmp_path):
    """Frames of another strength in the files are noticed even where all checksums fit."""
    other = generate(Recipe(**{**small.__dict__, "strength": 0.6}), tmp_path)
    name = "data/test/simulations-00000-00003.hdf5"
    foreign = (other / name).read_bytes()
    with pytest.raises(DataError, match=r"expected the frames of the recipe in .*simulations-00000-00003"):
        equivariance_of_files(other, small, {name: checksum(foreign)})


@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped"])
def test_damaged_files_are_noticed_and_named(damage, small, tmp_path):
    target = generate(small, tmp_path)
    file = target / "data/valid/simulations-00000-00001.hdf5"
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        file.write_bytes(content[:middle] if damage == "truncated" else flipped)
    for look in (verify, lambda path: generate(small, tmp_path), lambda path: DataSet(path).velocity("valid")):
        with pytest.raises(DataError, match="simulations-00000-00001"):
            look(target)


def test_damaged_manifest(small, tmp_path):
    target = small.folder(tmp_path)
    target.mkdir(parents=True)
    (target / "manifest.json").write_text('{"recipe": 3}')
    with pytest.raises(DataError, match=r"expected a manifest in .*manifest.json"):
        DataSet(target)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda m, other: m | {"hash": other.hash},
            r"expected the recipe of hash {other} in .*, got one of hash {own}",
        ),
        (lambda m, other: m | {"recipe": asdict(other)}, r"expected the recipe of hash {own} in .*, got .* {other}"),
        (
            lambda m, other: m | {"recipe": asdict(other), "hash": other.hash},
            r"expected the data set of hash {other} in a folder of that name, got .*{own}",
        ),
        (lambda m, other: m | {"files": {}}, r"expected the files of the recipe in .*, got a difference in data/"),
        (lambda m, other: m | {"data_version": 1}, r"expected data of version \d in .*, got 1"),
    ],
)
def test_a_manifest_of_another_recipe_is_refused(edit, message, folder, small, tmp_path):
    """By ``verify``, and by ``generate``, which would take the data set as it is."""
    target, other = small.folder(tmp_path), replace(small, strength=0.6)
    shutil.copytree(folder, target)
    assert verify(target) is None
    manifest = json.loads((target / "manifest.json").read_text())
    (target / "manifest.json").write_text(json.dumps(edit(manifest, other)))
    for look in (verify, lambda path: generate(small, tmp_path)):
        with pytest.raises(DataError, match=message.replace("{own}", small.hash).replace("{other}", other.hash)):
            look(target)


def test_data_of_an_older_revision(folder, small, tmp_path, monkeypatch):
    """They are refused by name, and generating again makes new ones beside them."""
    shutil.copytree(folder, small.folder(tmp_path))
    old = small.folder(tmp_path)
    monkeypatch.setitem(SCENARIOS, small.scenario, replace(small.physics, revision=3))
    for look in (verify, DataSet, measure):
        with pytest.raises(DataError, match=r"expected revision 3 of rotation-buoyancy in .*json, got revision 1"):
            look(old)
    assert generate(small, tmp_path) != old


@pytest.mark.parametrize("scenario", ["rotation-buoyancy", "published-rotation"])
def test_more_training_simulations_leave_all_others_as_they_are(scenario, small, tmp_path):
    """Also across the edge of a batch of eight: the first three of ten are the three, to the last bit."""
    valid = 0 if scenario.startswith("published") else 2
    sizes = {"scenario": scenario, "valid": valid, "valid_frames": 0 if valid else 3}
    few, many = (DataSet(generate(replace(small, train=train, **sizes), tmp_path)) for train in (3, 10))
    for split in ("train", "future", *(() if valid else ("valid",))):
        assert torch.equal(few.velocity(split), many.velocity(split)[:3])
    for split in ("domain", *(("valid",) if valid else ())):
        assert torch.equal(few.velocity(split), many.velocity(split))


def test_full_disk_leaves_nothing_half_written(small, tmp_path, monkeypatch):
    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(DataError, match=r"expected to write .*hdf5, got: No space left on device"):
        generate(small, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("call", ["mkdir", "open"])
def test_read_only_folder(call, small, tmp_path, monkeypatch):
    """Where no folder can be made, and where no file can; simulated, because a superuser may write everywhere."""

    def refuse(*args, **kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, call, refuse)
    with pytest.raises(DataError, match=r"^expected to write .*hdf5, got: Read-only file system$"):
        generate(small, tmp_path)
    monkeypatch.undo()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_folder_that_is_a_file(small, tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(DataError, match=r"expected to write .*, got: (Not a directory|File exists)"):
        generate(small, tmp_path / "data")


def test_no_workers(small, tmp_path):
    with pytest.raises(ValueError, match="expected at least one worker, got 0"):
        generate(small, tmp_path, workers=0)


def test_all_splits_are_finite(folder):
    for split in SPLITS:
        assert np.isfinite(DataSet(folder).velocity(split).numpy()).all()


def test_backends(small, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="expected one of the backends loky, ray, got 'slurm'"):
        generate(small, tmp_path, backend="slurm")
    monkeypatch.setitem(sys.modules, "ray.util.joblib", None)
    with pytest.raises(ValueError, match="expected Ray to be installed"):
        generate(small, tmp_path, backend="ray")


def test_same_bytes_on_ray(folder, small, tmp_path):
    """Only where Ray is installed."""
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False)
    try:
        assert contents(generate(small, tmp_path, workers=2, backend="ray")) == contents(folder)
    finally:
        ray.shutdown()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_gpu_agrees(folder, small, tmp_path):
    on_gpu = DataSet(generate(small, tmp_path, device="cuda")).velocity("domain")
    torch.testing.assert_close(on_gpu, DataSet(folder).velocity("domain"), rtol=0, atol=1e-6)


def test_leftovers_of_killed_writers_are_removed(tmp_path):
    (old, new) = tmp_path / "data/.a.hdf5.1.tmp", tmp_path / "data/.b.hdf5.2.tmp"
    old.parent.mkdir()
    for file in (old, new):
        file.write_text("half")
    os.utime(old, (0, 0))
    remove_leftovers(tmp_path)
    assert new.exists() and not old.exists()


LAYOUTS = [
    (scenario.name, as_published)
    for scenario in list_scenarios()
    for as_published in (False, True)
    if not as_published or scenario.render is Scenario.render
]
VALIDATION = [(0, 1), (0, 3), (1, 0), (2, 0), (9, 0)]
"""``valid`` and ``valid_frames``, one of which is above 0."""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(LAYOUTS),
    st.sampled_from(VALIDATION),
    st.fixed_dictionaries(
        {
            "strength": st.floats(0, 1),
            "resolution": st.integers(8, 12),
            "train": st.sampled_from([1, 8, 9]),
            "test": st.sampled_from([1, 8, 9, 17]),
            "train_frames": st.integers(2, 4),
            "future_frames": st.integers(2, 4),
            "first_frame": st.integers(1, 4),
            "buoyancy": st.floats(1e-6, 1),
            "seed": st.integers(0, 2**63 - 1),
        }
    ),
)
def test_any_recipe_generates_verifies_and_reloads(tmp_path, layout, validation, others):
    names = ("scenario", "as_published", "valid", "valid_frames")
    recipe = Recipe(**dict(zip(names, layout + validation, strict=True)), **others)
    target = generate(recipe, tmp_path)
    assert verify(target) is None
    assert DataSet(target).recipe == recipe and DataSet(target).manifest.hash == recipe.hash
    assert measure(target) == DataSet(target).equivariance_error
