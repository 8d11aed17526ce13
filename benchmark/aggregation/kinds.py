"""Kinds of model: what a model is whatever its symmetry, to be compared over scenarios of several symmetries."""

from __future__ import annotations

import pandas as pd

from ...models import SYMMETRIES
from .scores import REFERENCE

STRICT = "equiv"
BASELINE = "baseline"
"""The family of models that need no training."""


def kind(model: str, symmetry: str) -> str:
    """Returns ``rpp`` of ``rpp-rotation`` where rotations are the symmetry; a model of two symmetries is a kind of its
    own."""
    name, plus, method = model.partition("+")
    rest = name.removesuffix(f"-{symmetry}")
    return model if rest.rpartition("-")[2] in SYMMETRIES else rest + plus + method


def row_names(results: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Returns what ``(model, symmetry of the scenario)`` is called in tables over all scenarios.

    Its kind where there are several symmetries, so that ``rpp-rotation`` and ``rpp-scaling`` share the row ``rpp``; its
    own name where there is one, and where another model has the name of its kind.
    """
    models = set(results.model)
    pairs = set(zip(results.model, results.symmetry, strict=True))
    if results.symmetry.nunique() < 2:
        return {pair: pair[0] for pair in pairs}
    return {pair: pair[0] if kind(*pair) in models else kind(*pair) for pair in pairs}


def by_kind(results: pd.DataFrame) -> pd.DataFrame:
    """Renames the models of the results to their :func:`row_names`.

    A convnet, which shares its weights over all places, is the strict model where translations are the symmetry (as
    in Wang, Walters & Yu 2022): beside strict models of other symmetries its results there count as theirs, too, unless
    there is a strict model of translations.
    """
    names = row_names(results)
    rows = results.assign(model=[names[pair] for pair in zip(results.model, results.symmetry, strict=True)])
    of_translation = (model for (_, symmetry), model in names.items() if symmetry == "translation")
    if STRICT not in names.values() or STRICT in of_translation:
        return rows
    shared = rows[(rows.model == REFERENCE) & (rows.symmetry == "translation")]
    return pd.concat([rows, shared.assign(model=STRICT, family="strict")], ignore_index=True)


def strict_models(rows: pd.DataFrame) -> list[str]:
    """Returns the models of the family ``strict``, without those that a method only repeats, and the convnet where
    translations are the symmetry."""
    strict = (rows.family == "strict") & ~rows.model.str.contains("+", regex=False)
    convnet = (rows.model == REFERENCE) & (rows.symmetry == "translation")
    return rows.model[strict | convnet].unique().tolist()
