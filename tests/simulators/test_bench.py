"""The table of the benchmark; that it is filled, not how fast things are."""

from symbreak.simulators.bench import COLUMNS, bench_simulate


def test_table():
    table = bench_simulate((16,), (2,), steps=2, workers=1)
    assert tuple(table.columns) == COLUMNS
    assert list(table["what"]) == ["ours", "ours, 1 workers", "projection", "advection", "phiflow"]
    assert set(table["device"]) == {"cpu"} and (table["milliseconds"] > 0).all()
    ours, _, projection, advection, _ = table["milliseconds"]
    assert advection != ours - projection, "it is timed, not what is left"
    assert table["share_of_phiflow"].iloc[-1] == 1
