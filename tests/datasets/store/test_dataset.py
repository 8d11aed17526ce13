"""Windows are runs of consecutive frames."""

import pytest
import torch

from symbreak.datasets import DataSet, Windows


def numbered(simulations=3, frames=7):
    """Every pixel of frame t of simulation s is 100 s + t."""
    numbers = 100 * torch.arange(simulations)[:, None] + torch.arange(frames)
    return numbers[:, :, None, None, None].expand(simulations, frames, 2, 5, 7).float()


def test_windows_by_hand():
    windows = Windows(numbered(), history=2, horizon=3)
    assert len(windows) == 3 * 3
    batch = windows.batch(torch.tensor([0, 2, 3, 8]))
    assert batch[:, :, 0, 0, 0].tolist() == [
        [0, 1, 2, 3, 4],
        [2, 3, 4, 5, 6],
        [100, 101, 102, 103, 104],
        [202, 203, 204, 205, 206],
    ]


def test_is_a_torch_dataset():
    windows = Windows(numbered(), history=1, horizon=1)
    loader = torch.utils.data.DataLoader(windows, batch_size=4)
    assert torch.equal(torch.cat(list(loader)), windows.batch(torch.arange(len(windows))))
    assert torch.equal(windows[-1], windows[len(windows) - 1])
    with pytest.raises(IndexError):
        windows[len(windows)]


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"history": 0, "horizon": 1}, "expected a history and a horizon of at least one frame, got 0 and 1"),
        ({"history": 5, "horizon": 3}, "expected history \\+ horizon of at most 7, got 8"),
        ({"history": 1, "horizon": 1, "ends": range(1, 6, 2)}, r"ends: .* consecutive frames, got range\(1, 6, 2\)"),
        ({"history": 1, "horizon": 1, "ends": range(3, 3)}, "ends: expected a range of consecutive frames"),
    ],
)
def test_windows_that_do_not_fit(sizes, message):
    with pytest.raises(ValueError, match=message):
        Windows(numbered(), **sizes)


@pytest.mark.parametrize(
    ("split", "windows"), [("train", 9 * 3), ("valid", 2 * 7), ("future", 9 * 2), ("domain", 4 * 7)]
)
def test_splits(folder, split, windows):
    assert len(DataSet(folder).windows(split, history=2, horizon=1)) == windows


def test_unknown_split(folder):
    with pytest.raises(ValueError, match="expected one of the splits train, valid, future, domain, orbit, got 'test'"):
        DataSet(folder).windows("test", history=1, horizon=1)


def test_smoke_is_a_third_channel(folder):
    dataset = DataSet(folder)
    batch = dataset.windows("valid", history=2, horizon=1, smoke=True).batch(torch.tensor([3, 8]))
    assert batch.shape == (2, 3, 3, 16, 16)
    assert torch.equal(batch[0, :, 2], dataset.smoke("valid")[0, 3:6])
    assert torch.equal(batch[1, :, :2], dataset.velocity("valid")[1, 1:4])
