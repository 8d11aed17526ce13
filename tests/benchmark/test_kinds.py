"""Names of models without their symmetry."""

import pandas as pd
import pytest

from symbreak.benchmark.kinds import by_kind, kind


@pytest.mark.parametrize(
    "model, symmetry, expected",
    [
        ("rpp-rotation", "rotation", "rpp"),
        ("my-relaxed-scaling", "scaling", "my-relaxed"),
        ("rpp-rotation+augment", "rotation", "rpp+augment"),
        ("rsteer-translation-rotation", "rotation", "rsteer-translation-rotation"),
        ("rsteer-translation-rotation", "translation", "rsteer-translation-rotation"),
        ("convnet", "rotation", "convnet"),
        ("rotation", "rotation", "rotation"),
    ],
)
def test_kind(model, symmetry, expected):
    assert kind(model, symmetry) == expected


def test_kinds_are_for_several_symmetries_and_never_share_a_row_with_another_model():
    one = pd.DataFrame({"model": ["rpp-rotation", "convnet-rotation", "convnet"], "symmetry": "rotation"})
    assert by_kind(one).model.tolist() == one.model.tolist()
    two = pd.concat([one, pd.DataFrame({"model": ["rpp-scaling"], "symmetry": "scaling"})])
    assert by_kind(two).model.tolist() == ["rpp", "convnet-rotation", "convnet", "rpp"]
