"""Step 3, a reading by letters: how much a message's n-grams speak for each intent, in one language.

Each language has its own, so that a new language, or a new message, changes no other. It is plain numbers,
made by `training.fit_letters`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.engine.ngrams import Ngrams

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Letters:
    """The n-grams of one language, kind after kind, and their `weights` of shape (n-grams, intents)."""

    ngrams: tuple[Ngrams, ...]
    weights: Array

    def scores(self, text: str) -> Array:
        """How much a normalised text speaks for each intent, shape (intents,); zeros if it has no known n-gram."""
        row = self.row(text)
        scores: Array = np.array(list(row.values()), np.float32) @ self.weights[list(row)]
        return scores

    def row(self, text: str) -> dict[int, float]:
        """The columns of a normalised text that are not zero, and their values."""
        row: dict[int, float] = {}
        shift = 0
        for each in self.ngrams:
            row.update({shift + column: value for column, value in each.row(text).items()})
            shift += len(each.columns)
        return row

    def known(self, text: str) -> float:
        """The share, from 0 to 1, of a normalised text's different n-grams of the first kind that it knows."""
        first = self.ngrams[0]
        grams = set(first.kind.cut(text))
        return sum(gram in first.columns for gram in grams) / len(grams) if grams else 0.0
