import pandas as pd

from symbreak.benchmark.analysis.leaderboard import scores_by_setting

from .test_leaderboard import results


def test_kinds_of_several_symmetries_share_a_row():
    """rpp halves the convnet's error where rotations are the symmetry and doubles it where dilations are."""
    turns = results({("convnet", 0.0, 0): 2.0, ("rpp-rotation", 0.0, 0): 1.0}, scenario="r")
    scales = results({("convnet", 0.0, 0): 2.0, ("rpp-scaling", 0.0, 0): 4.0}, scenario="s", symmetry="scaling")
    table = scores_by_setting(pd.concat([turns, scales])).set_index("model")
    assert table.to_dict("index") == {
        "convnet": {"r": "1.000", "s": "1.000"},
        "rpp": {"r": "2.000", "s": "0.500"},
    }


def test_settings_are_told_apart_by_what_differs():
    one = results({("convnet", 0.0, 0): 2.0})
    table = scores_by_setting(pd.concat([one, one.assign(history=4)]))
    assert table.columns.tolist() == ["model", "history 1", "history 4"]
