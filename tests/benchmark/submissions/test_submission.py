"""Submitting and rescoring: agreement is found where there is one, and nothing of an archive is executed."""

import io
import json
import pickle
import shutil
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from symbreak.benchmark.cli import main
from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.records.records import as_bytes, load_run, load_weights
from symbreak.benchmark.runs.execute import execute
from symbreak.benchmark.runs.fingerprint import code_digest
from symbreak.benchmark.submissions.archive import MANIFEST, pack
from symbreak.benchmark.submissions.fresh import FreshErrors
from symbreak.benchmark.submissions.submission import rescore, submit
from symbreak.datasets.store.files import write_sealed
from symbreak.models.registry import MODELS

from ..conftest import QUIET, complaint

OWN_MODEL = """
import torch
from symbreak.models import Forecaster, register
{more}
@register("mine", family="unconstrained")
class Mine(Forecaster):
    def __init__(self, task):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def forward(self, history):
        {first}
        return self.weight * history[:, -1]
"""
FRESH_SEED = 12345


class Payload:
    """Touches a file when it is unpickled by a reader that executes what it reads."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.fixture
def archive(results_folder, tmp_path):
    """What ``symbreak submit`` makes of two models."""
    submit(results_folder, ["convnet", "persistence"], tmp_path / "good.tar.gz")
    return tmp_path / "good.tar.gz"


def members_of(archive):
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.name != MANIFEST}


def altered(archive, kind, change):
    """Packs the archive again with the ``.json`` or ``.pt`` of one run changed; returns the run."""
    members = members_of(archive)
    run = next(name.removesuffix(".pt") for name in sorted(members) if name.endswith(".pt"))
    members[run + kind] = change(members[run + kind])
    pack(members, archive)
    return run.removeprefix("runs/")


def edited(**changes):
    """A change of a record."""
    return lambda content: json.dumps(json.loads(content) | changes).encode()


def verdicts(archive, machine, **options):
    return {verdict.record.hash: verdict for verdict in rescore(archive, machine, QUIET, seed=FRESH_SEED, **options)}


def test_rescoring_agrees_bit_for_bit_on_new_data(archive, machine, tmp_path):
    found = verdicts(archive, replace(machine, data_dir=tmp_path / "new"))
    assert sorted(verdict.record.model for verdict in found.values()) == ["convnet"] * 2 + ["persistence"] * 2
    assert {str(verdict.agreement) for verdict in found.values()} == {"bit for bit"}
    assert all(verdict.fresh.agree and verdict.fresh.fresh != verdict.fresh.claimed for verdict in found.values())


def test_a_better_number_than_the_weights_give_is_found(archive, machine, capsys, data_dir):
    """An RMSE of 0.9 times the true one differs from it by a tenth."""

    def improve(content):
        record = json.loads(content)
        next(row for row in record["metrics"] if row["metric"] == "rmse")["value"] *= 0.9
        return json.dumps(record).encode()

    name = altered(archive, ".json", improve)
    found = verdicts(archive, machine)
    assert found.pop(name).agreement.difference == pytest.approx(0.1)
    assert all(verdict.holds(0.0) for verdict in found.values())
    message = complaint(capsys, "rescore", archive, "--data-dir", data_dir, "--device", "cpu")
    assert "expected 4 runs to agree within 0.001, got disagreement in 1" in message
    main(["rescore", str(archive), "--data-dir", str(data_dir), "--device", "cpu", "--tolerance", "0.2"])


def test_weights_that_unpack_to_more_than_their_file_are_refused(tmp_path):
    """Torch stores what it writes as it is; deflated, a million zeros would be a thousand bytes."""
    buffer = io.BytesIO()
    torch.save({"weight": torch.zeros(2**18)}, buffer)
    (tmp_path / "runs").mkdir()
    bomb = tmp_path / "runs" / "bomb.pt"
    with zipfile.ZipFile(buffer) as stored, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as deflated:
        for name in stored.namelist():
            deflated.writestr(name, stored.read(name))
    with pytest.raises(
        ValueError, match=r"expected weights in bomb\.pt, got: ValueError: 10[0-9]* bytes, unpacked, in"
    ):
        load_weights(tmp_path, "bomb")


def test_other_weights_are_found(archive, machine):
    def train_on(content):
        weights = torch.load(io.BytesIO(content), weights_only=True)
        return as_bytes(lambda file: torch.save({name: 1.1 * value for name, value in weights.items()}, file))

    name = altered(archive, ".pt", train_on)
    assert not verdicts(archive, machine)[name].holds(1e-3)


def test_a_model_of_an_installed_package_is_not_submitted_without_its_code(results_folder, tmp_path, monkeypatch):
    guest = type("Guest", (MODELS["convnet"].cls,), {"__module__": "guest.models"})
    monkeypatch.setitem(MODELS, "convnet", replace(MODELS["convnet"], cls=guest))
    submit(results_folder, ["persistence"], tmp_path / "good.tar.gz")
    with pytest.raises(ValueError, match=r"got convnet of the installed module guest\.models: .*--model-file"):
        submit(results_folder, ["convnet"], tmp_path / "bad.tar.gz")
    assert not (tmp_path / "bad.tar.gz").exists()


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"model": "equiv-rotation"}, "expected model 'convnet' from the configuration in .*, got 'equiv-rotation'"),
        ({"strength": 0.5}, "expected strength .* from the configuration in .*, got 0.5"),
        ({"config": {"history": 1, "recipe": {"train": 2}}}, "expected config with recipe, .*, got no "),
        ({"config": None}, "got other content: expected config to be an object, got None"),
        ({"config": {}}, "expected config with recipe, .*, got no budget"),
        ({"metrics": 3}, "expected metrics to be a list, got 3"),
        ({"metrics": [{"value": 1.0}]}, "expected metrics.0 with split, metric, step, value, got no metric"),
        ({"n_parameters": None}, "expected n_parameters in the record of a run that is done or diverged, got none"),
        ({"train_seconds": "long"}, "expected train_seconds to be a number or null, got 'long'"),
        ({"hash": "0"}, "expected a run record of .*, got that of '0'"),
        ({"metrics": []}, "expected metrics in the record of a run that is done, got none"),
        (
            {"data": {"hash": "0", "equivariance_error": {"10": 0.5}}},
            "expected data.hash .* from config.recipe, got '0'",
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(archive, machine, changes, message):
    altered(archive, ".json", edited(**changes))
    with pytest.raises(ValueError, match=message):
        verdicts(archive, machine)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"family": "strict"}, "expected family unconstrained, got 'strict'"),
        ({"n_parameters": 5}, "model n_parameters"),
    ],
)
def test_every_claim_is_compared(archive, machine, changes, reason):
    name = altered(archive, ".json", edited(**changes))
    verdict = verdicts(archive, machine)[name]
    assert not verdict.holds(1e-3) and reason in str(verdict)


def test_the_error_of_the_data_is_compared(archive, machine):
    def harder(content: bytes) -> bytes:
        record = json.loads(content)
        record["data"]["equivariance_error"]["10"] = 0.5
        return json.dumps(record).encode()

    name = altered(archive, ".json", harder)
    verdict = verdicts(archive, machine)[name]
    assert not verdict.holds(1e-3) and "data equivariance_error" in str(verdict)


@pytest.mark.parametrize("save", [torch.save, pickle.dump], ids=["torch", "pickle"])
def test_weights_cannot_execute_code(archive, machine, tmp_path, save):
    """The same bytes do execute code where a reader lets them."""
    marker = tmp_path / "executed"
    payload = as_bytes(lambda file: save({"weight": Payload(marker)}, file))
    if save is torch.save:
        torch.load(io.BytesIO(payload), weights_only=False)
    else:
        pickle.loads(payload)
    assert marker.exists()
    marker.unlink()
    name = altered(archive, ".pt", lambda _: payload)
    verdict = verdicts(archive, machine)[name]
    assert not marker.exists()
    assert verdict.agreement is None and f"expected weights in {name}.pt, got: UnpicklingError" in str(verdict)


@pytest.mark.parametrize("content", [[1, 2], {"weight": 3}, {3: torch.ones(1)}, {"w": torch.ones(2, 2).to_sparse()}])
def test_weights_are_dense_tensors_by_name(archive, machine, content):
    name = altered(archive, ".pt", lambda _: as_bytes(lambda file: torch.save(content, file)))
    assert f"expected dense tensors by name in {name}.pt" in str(verdicts(archive, machine)[name])


def test_a_checkpoint_cannot_execute_code(tmp_path, data, results_folder, tiny):
    """Training that goes on from a forged checkpoint fails, with the reason."""
    marker = tmp_path / "executed"
    config = next(config for config in tiny.runs() if config.model == "convnet" and config.recipe == data.recipe)
    (tmp_path / "runs").mkdir()
    forged = as_bytes(lambda file: torch.save({"rollout": Payload(marker)}, file))
    write_sealed(tmp_path / "runs" / f"{config.hash}.{code_digest(config.model)}.checkpoint", forged)
    record = execute(config, data.path, tmp_path)
    assert not marker.exists()
    assert record.status == "failed" and record.reason.startswith("UnpicklingError")


def test_a_model_file_is_imported_only_if_it_is_trusted(tiny, machine, tmp_path, capsys):
    """Submitted, refused, trusted; and refused again when it is not the file of the runs."""
    marker, model_file = tmp_path / "imported", tmp_path / "mine.py"
    model_file.write_text(OWN_MODEL.format(more=f"open({str(marker)!r}, 'w').close()", first=""))
    some = replace(tiny, models=("convnet",), strengths=(1.0,))
    run_grid(some, tmp_path / "out", machine, QUIET, model_file)
    del MODELS["mine"]
    marker.unlink()
    archive = tmp_path / "mine.tar.gz"
    with pytest.raises(ValueError, match=r"expected the model file with SHA-256 .* for mine, got no model file"):
        submit(tmp_path / "out", ["mine"], archive)
    main(
        [
            "submit",
            str(tmp_path / "out"),
            "--models",
            "mine",
            "--model-file",
            str(model_file),
            "--archive",
            str(archive),
        ]
    )
    assert {"model.py"} < set(members_of(archive))
    message = complaint(capsys, "rescore", archive, "--data-dir", machine.data_dir)
    assert "expected --trust-model-file" in message and not marker.exists()
    (verdict,) = verdicts(archive, machine, trust_model_file=True).values()
    assert f"expected a model that opens no files, got {marker} opened" in str(verdict) and not marker.exists()
    members = members_of(archive)
    pack(members | {"model.py": members["model.py"] + b"# changed"}, archive)
    with pytest.raises(ValueError, match=r"expected the model file with SHA-256 .* for mine, got the model file with"):
        verdicts(archive, machine, trust_model_file=True)


def test_what_cannot_be_submitted_is_named(results_folder, tmp_path):
    archive = tmp_path / "x.tar.gz"
    with pytest.raises(ValueError, match=r"expected finished runs of unet in .*, got none"):
        submit(results_folder, ["convnet", "unet"], archive)
    model_file = tmp_path / "mine.py"
    model_file.write_text("x = 1\n")
    with pytest.raises(ValueError, match="expected no model file for convnet, got the model file"):
        submit(results_folder, ["convnet"], archive, model_file)
    shutil.copytree(results_folder / "runs", tmp_path / "runs")
    weights = next(path for path in sorted(tmp_path.glob("runs/*.pt")))
    weights.unlink()
    model = load_run(weights.with_suffix(".json")).model
    with pytest.raises(ValueError, match=rf"expected the file .*{weights.name}, got: No such file"):
        submit(tmp_path, [model], archive)
    assert not archive.exists()


def test_recipes_are_those_of_the_runs(archive, machine):
    members = members_of(archive)
    recipe = next(name for name in members if name.startswith("recipes/"))
    pack({name: content for name, content in members.items() if name != recipe}, archive)
    with pytest.raises(ValueError, match="expected one recipe for each data set of the runs, got a difference in"):
        verdicts(archive, machine)
    pack(members | {recipe: b'{"scenario": "moon"}'}, archive)
    with pytest.raises(ValueError, match=r"expected .*\.json with scenario, strength, .*, got no "):
        verdicts(archive, machine)


def submitted(text, tiny, machine, tmp_path, **options):
    """Runs a model file on one data set, and rescores what it submits."""
    model_file = tmp_path / "mine.py"
    model_file.write_text(text)
    some = replace(tiny, models=("persistence",), strengths=(1.0,))
    try:
        run_grid(some, tmp_path / "out", machine, QUIET, model_file)
    finally:
        MODELS.pop("mine", None)
    submit(tmp_path / "out", ["mine"], tmp_path / "mine.tar.gz", model_file)
    (verdict,) = verdicts(tmp_path / "mine.tar.gz", machine, trust_model_file=True, **options).values()
    return verdict


def test_an_honest_model_agrees_bit_for_bit(tiny, machine, tmp_path):
    verdict = submitted(OWN_MODEL.format(more="", first=""), tiny, machine, tmp_path)
    assert str(verdict.agreement) == "bit for bit" and verdict.holds(0.0)
    assert verdict.stored == 1 and "mine" not in MODELS, "the model's own code ran in another process alone"


REACHED = {
    "from symbreak.simulators import get_scenario": "does not simulate, got symbreak.simulators imported",
    "from symbreak.datasets import generate": "does not simulate, got symbreak.datasets imported",
    "open('/etc/hostname').close()": "opens no files, got /etc/hostname opened",
    "import socket; socket.socket()": "computes alone, got socket",
    "import os; os.system('true')": "computes alone, got os.system",
}


def test_what_a_model_reaches_for_is_noticed(tiny, machine, tmp_path):
    """Also where it catches the error."""
    first = f"""for attempt in {[*REACHED]}:
            try:
                exec(attempt)
            except Exception:
                pass"""
    verdict = submitted(OWN_MODEL.format(more="", first=first), tiny, machine, tmp_path)
    assert not verdict.holds(1.0)
    for said in REACHED.values():
        assert f"expected a model that {said}" in str(verdict)


def test_a_model_that_patches_the_evaluation_gains_nothing(tiny, machine, tmp_path, monkeypatch):
    """It does not reach the process that scores; what it does to this one, which lists the runs, ends with the test."""
    monkeypatch.setattr(torch.Tensor, "square", torch.Tensor.square)
    patch = "import symbreak.models.forecaster, torch; torch.Tensor.square = lambda self: self * 0"
    verdict = submitted(OWN_MODEL.format(more=patch, first=""), tiny, machine, tmp_path)
    assert not verdict.holds(0.5)


MEMORY = """
import torch
from symbreak.models import Forecaster, register

@register("mine", family="unconstrained")
class Mine(Forecaster):
    def __init__(self, task):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.register_buffer("seen", torch.zeros({count}, *task.shape).repeat(1, 2, 1, 1).view(-1, 2, *task.shape))

    def forward(self, history):
        distance = (self.seen[:-1] - history[:, -1:]).square().flatten(2).sum(2)
        step = self.seen[1:][distance.argmin(1)] - history[:, -1]
        return torch.where(distance.min(1).values[:, None, None, None] < 1e-2, step / SCALE, self.weight * step)
"""


def test_a_model_that_looks_the_test_data_up_fails_on_new_simulations(tiny, machine, data, tmp_path):
    """Its weights hold the frames of the test simulations: nearly perfect there, no better than nothing elsewhere."""
    frames = data.velocity("domain").flatten(0, 1) / data.velocity_rms
    text = MEMORY.format(count=len(frames)).replace("SCALE", repr(float(data.increment_rms / data.velocity_rms)))
    model_file = tmp_path / "mine.py"
    model_file.write_text(text)
    some = replace(tiny, models=("persistence",), strengths=(1.0,))
    try:
        records = run_grid(some, tmp_path / "out", machine, QUIET, model_file)
        (mine,) = (record for record in records if record.model == "mine")
        weights = load_weights(tmp_path / "out", mine.hash) | {"seen": frames}
        torch.save(weights, tmp_path / "out" / "runs" / f"{mine.hash}.pt")
    finally:
        MODELS.pop("mine", None)
    submit(tmp_path / "out", ["mine"], tmp_path / "mine.tar.gz", model_file)
    (verdict,) = verdicts(tmp_path / "mine.tar.gz", machine, trust_model_file=True).values()
    assert verdict.fresh.claimed < 0.01 < 0.1 < verdict.fresh.fresh
    assert not verdict.fresh.agree and verdict.stored == 1 + frames.numel(), "what it stores counts"


@pytest.mark.parametrize(
    "claimed, fresh, p, agree",
    [
        (0.3, 0.32, 1e-9, True),
        (0.3, 0.4, 0.2, True),
        (0.3, 0.4, 1e-4, False),
        (0.3, 1.0, 0.2, False),
        (0.3, 0.1, 1.0, True),
    ],
)
def test_errors_on_new_simulations_by_hand(claimed, fresh, p, agree):
    assert FreshErrors(claimed, fresh, p).agree == agree
