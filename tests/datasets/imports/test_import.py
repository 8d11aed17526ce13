"""Files of the layouts that the original study published."""

import json
import pickle

import pytest
import torch

from symbreak.datasets import (
    DataError,
    DataSet,
    Recipe,
    export,
    generate,
    import_tensors,
    measure,
    measure_asymmetry,
    verify,
)


def stations(count=5, frames=40, shape=(12, 9)):
    return list(torch.randn(count, frames, 2, *shape, generator=torch.Generator().manual_seed(0)))


def test_one_file_per_station(tmp_path):
    """24 stations of a measured jet on a grid of unequal sides."""
    jet = stations(24, 20, (62, 23))
    (tmp_path / "raw").mkdir()
    for number, station in enumerate(jet):
        torch.save(station, tmp_path / "raw" / f"raw_data_{number:02d}.pt")
    folder = import_tensors(tmp_path / "raw", tmp_path, name="jet", group="mirror", boundary=("open", "open"))
    dataset = DataSet(folder)
    assert verify(folder) is None
    assert dataset.recipe.scenario == "imported-jet" and dataset.equivariance_error == {}
    parts = [dataset.velocity(split) for split in ("train", "valid", "future")]
    assert [part.shape[1] for part in parts] == [13, 3, 4]
    assert torch.equal(torch.cat(parts, 1), torch.stack(jet[:18]))
    assert torch.equal(dataset.velocity("domain"), torch.stack(jet[18:]))
    with pytest.raises(DataError, match=r"expected simulated data in .*, got imported ones"):
        measure(folder)
    assert dataset.asymmetry == measure_asymmetry(folder) > 0
    for split, windows in (("train", 18 * 12), ("valid", 18 * 2), ("future", 18 * 3), ("domain", 6 * 19)):
        assert len(dataset.windows(split, history=1, horizon=1)) == windows


def test_rows_of_pixels(tmp_path):
    """``axes="yx"``: the third axis of the files is y. A mirror-symmetric flow is one only in the right axes."""
    half = torch.randn(5, 20, 2, 9, 6, generator=torch.Generator().manual_seed(0))
    mirrored = half.flip(-1) * torch.tensor([-1.0, 1.0])[:, None, None]
    rows = torch.cat((half, mirrored), -1)
    torch.save(rows, tmp_path / "raw.pt")
    options = {"name": "rows", "group": "mirror", "boundary": ("closed", "open")}
    right, wrong = (
        DataSet(import_tensors(tmp_path / "raw.pt", tmp_path / "data", axes=axes, **options)) for axes in ("yx", "xy")
    )
    assert right.recipe.shape == (12, 9) and wrong.recipe.shape == (9, 12)
    assert torch.equal(right.velocity("domain")[0], rows[-1].mT)
    assert right.asymmetry == pytest.approx(0, abs=1e-6) and wrong.asymmetry > 0.1


@pytest.mark.parametrize("as_published", [False, True])
def test_wrong_axes_are_doubted(as_published, tmp_path, recwarn):
    """Plumes of our own and, on the lower faces, of the study: exported, and imported again in both orders of axes,
    from files in both orders. Noise is no better in one than in the other."""
    sizes = {"resolution": 16, "train": 2, "valid": 1, "test": 1, "train_frames": 20, "future_frames": 10}
    recipe = Recipe(scenario="rotation-buoyancy", strength=1.0, as_published=as_published, **sizes)
    export(generate(recipe, tmp_path), tmp_path)
    plumes = torch.load(tmp_path / "train.pt")
    for order, tensors in (("xy", plumes), ("yx", [each.mT.contiguous() for each in plumes])):
        torch.save(tensors, tmp_path / f"{order}.pt")
        import_tensors(tmp_path / f"{order}.pt", tmp_path, name="right", axes=order)
        assert not recwarn.list
        with pytest.warns(UserWarning, match=rf"the flow has a mean divergence of .*: is it {order}\?"):
            import_tensors(tmp_path / f"{order}.pt", tmp_path, name="wrong", axes={"xy": "yx", "yx": "xy"}[order])
    torch.save(stations(), tmp_path / "noise.pt")
    import_tensors(tmp_path / "noise.pt", tmp_path, name="noise", group="mirror")
    assert not recwarn.list


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"axes": "hw"}, "expected axes xy or yx, got 'hw'"),
        ({"group": "C3"}, "expected one of the groups C4, .*, got 'C3'"),
        ({"boundary": ("closed", "open")}, "expected the same walls along x and y for C4, got closed and open"),
        (
            {"boundary": ("closed", "half-open"), "group": "mirror"},
            "expected the walls to be of .*, got closed and half-open",
        ),
        ({"name": "../bad"}, "expected a name of letters, .*, got '../bad'"),
        ({"test_share": 1.0}, "expected a test_share between 0 and 1, got 1.0"),
    ],
)
def test_refuses_options(option, message, tmp_path):
    torch.save(stations(), tmp_path / "raw.pt")
    with pytest.raises(ValueError, match=message):
        import_tensors(tmp_path / "raw.pt", tmp_path / "data", **{"name": "bad"} | option)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "layout",
    [
        torch.stack,
        list,
        tuple,
        lambda data: {"a": data[:2], "b": torch.stack(data[2:])},
        lambda data: {"a": (), "b": (), "c": data},
        lambda data: torch.stack(data).requires_grad_(),
        lambda data: [torch.nn.Parameter(each) for each in data],
    ],
)
def test_one_file_of_all(layout, tmp_path):
    torch.save(layout(stations()), tmp_path / "raw_data.pt")
    folder = import_tensors(tmp_path / "raw_data.pt", tmp_path / "data", name="smoke", group="mirror")
    assert torch.equal(DataSet(folder).velocity("domain")[0], stations()[-1])
    assert import_tensors(tmp_path / "raw_data.pt", tmp_path / "data", name="smoke", group="mirror") == folder


class Code:
    def __reduce__(self):
        return (open, ("ran.txt", "w"))


def test_pickled_code_is_refused_and_not_run(tmp_path, monkeypatch, recwarn):
    monkeypatch.chdir(tmp_path)
    torch.save({"velocity": stations()[0], "code": Code()}, tmp_path / "evil.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Code()))
    for name in ("evil.pt", "plain.pt"):
        with pytest.raises(DataError, match=rf"expected tensors and nothing else in .*{name}") as error:
            import_tensors(tmp_path / name, tmp_path / "data", name="evil")
        assert "weights_only" not in str(error.value), "torch's advice would run the code"
    assert not recwarn.list
    assert not (tmp_path / "ran.txt").exists() and not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x02.", b"\x80\x02]e.", b"PK\x03\x04", b"\x80\x02]K\x01Na."])
def test_bytes_that_are_no_tensors(content, tmp_path):
    (tmp_path / "raw.pt").write_bytes(content)
    with pytest.raises(DataError, match=r"^expected tensors and nothing else in .*raw.pt, got: .+$"):
        import_tensors(tmp_path / "raw.pt", tmp_path / "data", name="bad")


def endless():
    """A list that holds itself."""
    content = stations(2)
    content.append(content)
    return content


def unfolding():
    """60 lists that unfold to 2^60 of them."""
    content = stations(1)
    for _ in range(60):
        content = [content, content]
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r"expected tensors \[T, 2, H, W\] in .*raw.pt, got none"),
        (torch.zeros(0, 40, 2, 9, 9), r"expected tensors \[T, 2, H, W\] in .*raw.pt, got none"),
        (endless(), "expected every list of tensors once in .*raw.pt, got one inside of itself or twice"),
        (unfolding(), "expected every list of tensors once in .*raw.pt, got one inside of itself or twice"),
        ([torch.zeros(40, 3, 9, 9)] * 2, r"expected tensors \[T, 2, H, W\] in .*, got \(40, 3, 9, 9\)"),
        (["text"], "expected tensors .* got str"),
        ([torch.zeros(40, 2, 9, 9), torch.zeros(40, 2, 9, 8)], "expected .40, 2, 9, 9. in .*, got .40, 2, 9, 8."),
        ([torch.full((40, 2, 9, 9), float("nan"))] * 2, "expected finite velocities"),
        ([torch.zeros(40, 2, 9, 9)] * 2, "expected finite velocities"),
        ([torch.full((40, 2, 9, 9), 1e300, dtype=torch.float64)] * 2, "expected finite velocities"),
        ([torch.full((40, 2, 9, 9), 1j)] * 2, r"expected dense floating-point tensors in .*, got torch.complex64, "),
        ([torch.ones(40, 2, 9, 9, dtype=torch.int64)] * 2, r"expected dense floating-point tensors .* torch.int64, "),
        (
            [torch.ones(40, 2, 9, 9).to_sparse()] * 2,
            r"expected dense floating-point .*, got torch.float32, torch.spars",
        ),
        ([torch.ones(40, 2, 9, 9)], "expected at least 2 simulations of 20 frames, got 1 of 40"),
    ],
)
def test_refuses(content, message, tmp_path):
    torch.save(content, tmp_path / "raw.pt")
    with pytest.raises(ValueError, match=message):
        import_tensors(tmp_path / "raw.pt", tmp_path / "data", name="bad")
    assert not (tmp_path / "data").exists()


def test_numbers_in_file_names_count(tmp_path):
    """``raw_10`` comes after ``raw_9``, so that the last quarter of the stations is *Domain*."""
    (tmp_path / "raw").mkdir()
    for number, station in enumerate(stations(12, 20)):
        torch.save(station, tmp_path / "raw" / f"raw_{number}.pt")
    folder = import_tensors(tmp_path / "raw", tmp_path, name="jet", group="mirror")
    assert torch.equal(DataSet(folder).velocity("domain"), torch.stack(stations(12, 20)[9:]))


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"expected the file .*nothing.pt, got: No such file"):
        import_tensors(tmp_path / "nothing.pt", tmp_path, name="nothing")


def scaled(factor):
    return [factor * station for station in stations()]


def with_still(simulation, frames):
    fields = torch.stack(stations())
    fields[simulation, frames] = 0
    return fields


UNSCORABLE = {
    "a station that stands still": (with_still(4, slice(None)), "velocity 0 everywhere in frame 2 of simulation 5"),
    "a lost frame": (with_still(1, slice(7, 9)), "velocity 0 everywhere in frame 8 of simulation 2"),
    "no training flow": (with_still(slice(0, 4), slice(0, 26)), "velocity 0 everywhere in frame 2 of simulation 1"),
    "too large": (scaled(1e37), r"rms from 1e-12 to 1e\+12 in .*raw\.pt, got .*e\+3.: choose another unit"),
    "too small": (scaled(1e-30), r"rms from 1e-12 to 1e\+12 in .*raw\.pt, got .*e-3.: choose another unit"),
}


@pytest.mark.parametrize("content, message", UNSCORABLE.values(), ids=UNSCORABLE)
def test_flows_that_no_error_can_be_relative_to_are_refused(tmp_path, content, message):
    torch.save(content, tmp_path / "raw.pt")
    with pytest.raises(DataError, match=message):
        import_tensors(tmp_path / "raw.pt", tmp_path / "data", name="jet")
    assert not (tmp_path / "data").exists()


def test_a_flow_may_start_from_rest_and_be_in_any_unit(tmp_path):
    for name, factor in (("small", 1e-8), ("large", 1e6)):
        torch.save(factor * with_still(slice(None), 0), tmp_path / "raw.pt")
        data = DataSet(import_tensors(tmp_path / "raw.pt", tmp_path, name=name))
        assert data.velocity_rms == pytest.approx(factor, rel=0.1)


def test_a_manifest_of_a_flow_that_cannot_be_scored_is_refused(tmp_path):
    torch.save(stations(), tmp_path / "raw.pt")
    path = import_tensors(tmp_path / "raw.pt", tmp_path, name="jet") / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    for scale, got in ((0.0, "got 0: nothing moves"), (1e300, r"got 1e\+300: choose another unit")):
        path.write_text(json.dumps(content | {"velocity_rms": scale}), encoding="utf-8")
        with pytest.raises(DataError, match=f"expected training velocities of an rms .*, {got}"):
            DataSet(path.parent)


def test_a_wrong_checksum_in_a_manifest_does_not_cost_the_file(tmp_path):
    """Nothing tells which of the two is wrong, so nothing is to be deleted."""
    torch.save(stations(), tmp_path / "raw.pt")
    path = import_tensors(tmp_path / "raw.pt", tmp_path, name="jet") / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    files = content["files"] | {"stats.yaml": 64 * "0"}
    path.write_text(json.dumps(content | {"files": files}), encoding="utf-8")
    with pytest.raises(DataError, match="the file or the manifest is damaged; move the folder") as caught:
        verify(path.parent)
    assert "delete" not in str(caught.value)
