"""The table of the benchmark; that it is filled, not how fast things are."""

from symbreak.simulators.bench import COLUMNS, bench_simulate


def test_table():
    table = bench_simulate((16,), (2,), steps=2, workers=1)
    assert tuple(table.columns) == COLUMNS
    assert list(table["what"]) == ["ours", "ours, 1 workers", "projection", "advection", "phiflow"]
    assert (table["milliseconds"].drop(3) > 0).all()
    assert table["share_of_phiflow"].iloc[-1] == 1
