"""Names of models without their symmetry."""

import pandas as pd
import pytest

from symbreak.benchmark.aggregation.kinds import by_kind, kind


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


def test_the_convnet_is_the_strict_model_of_translation():
    """Its results there stand in both rows, those of other scenarios in its own alone; without strict models, too."""
    rows = [("convnet", "rotation", 1), ("equiv-rotation", "rotation", 2), ("convnet", "translation", 3)]
    results = pd.DataFrame(rows, columns=["model", "symmetry", "value"]).assign(family="f")
    table = by_kind(results)
    assert table[table.model == "equiv"].value.tolist() == [2, 3]
    assert table[table.model == "equiv"].family.tolist() == ["f", "strict"]
    assert table[table.model == "convnet"].value.tolist() == [1, 3]
    assert by_kind(results[results.model == "convnet"]).model.tolist() == ["convnet"] * 2
    own = pd.DataFrame([("equiv-translation", "translation", 4)], columns=["model", "symmetry", "value"])
    table = by_kind(pd.concat([results, own.assign(family="strict")]))
    assert table[table.model == "equiv"].value.tolist() == [2, 4]
