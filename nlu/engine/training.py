"""Before any message: the classifier learned from the messages of `nlu/`, and its confidence made honest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold

from nlu.engine.classifier import Array, Classifier, Features, softmax
from nlu.engine.logistic import Matrix, learn_weights
from nlu.engine.model import Model
from nlu.engine.ngrams import KINDS, Kind, learn_ngrams

_FOLDS = 3


def fit_model(texts: Sequence[str], intents: Sequence[str], vectors: Array | None) -> Model:
    """The model of normalised texts, with embeddings (shape (texts, 384)) or with `None` without them.

    `ValueError` when there are fewer than two intents, or an intent has fewer messages than there are folds.
    """
    letters = None if vectors is None else fit(texts, intents, None)
    return Model(fit(texts, intents, vectors), letters)


def fit(
    texts: Sequence[str], intents: Sequence[str], vectors: Array | None, kinds: tuple[Kind, ...] = KINDS
) -> Classifier:
    """One classifier; arguments and errors as for `fit_model`.

    Its temperature is found on messages held back from the learning, never on those learned from.
    """
    part, _ = next(held_back(texts, intents, vectors, kinds))
    return replace(_fit(texts, intents, vectors, kinds), temperature=part.temperature)


def held_back(
    texts: Sequence[str], intents: Sequence[str], vectors: Array | None, kinds: tuple[Kind, ...] = KINDS
) -> Iterator[tuple[Classifier, list[int]]]:
    """Classifiers that each learned from two thirds of the messages, with the indices of the third held back.

    The temperature of each is the one under which the true intents of those held back are likeliest.
    """
    rare = sorted(name for name, number in Counter(intents).items() if number < _FOLDS)
    if rare or len(set(intents)) < 2:
        raise ValueError(f"There must be two intents, and every one needs {_FOLDS} messages; too few: {rare}")
    for learned, held in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(texts, intents):
        part = _fit([texts[i] for i in learned], [intents[i] for i in learned], _rows(vectors, learned), kinds)
        scores = _scores(part, [texts[i] for i in held], _rows(vectors, held))
        truth = [part.intents.index(intents[i]) for i in held]
        yield replace(part, temperature=_temperature(scores, truth)), held.tolist()


def _fit(
    texts: Sequence[str], intents: Sequence[str], vectors: Array | None, kinds: tuple[Kind, ...]
) -> Classifier:
    centre = None if vectors is None else vectors.mean(axis=0)
    features = Features(tuple(learn_ngrams(kind, texts) for kind in kinds), centre)
    names = tuple(sorted(set(intents)))
    truth = np.array([names.index(intent) for intent in intents])
    weights, bias = learn_weights(_matrix(features, texts, vectors), truth, len(names))
    return Classifier(names, features, weights, bias, 1.0)


def _scores(classifier: Classifier, texts: Sequence[str], vectors: Array | None) -> npt.NDArray[np.floating[Any]]:
    return _matrix(classifier.features, texts, vectors).times(classifier.weights) + classifier.bias


def _matrix(features: Features, texts: Sequence[str], vectors: Array | None) -> Matrix:
    rows = [features.row(text) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((column for row in rows for column in row), np.int32, int(ends[-1]))
    values = np.fromiter((value for row in rows for value in row.values()), np.float32, int(ends[-1]))
    sparse = csr_matrix((values, columns, ends), shape=(len(rows), features.ngrams_width))
    return Matrix(sparse, features.meanings(vectors, len(rows)))


def _rows(vectors: Array | None, indices: Sequence[int]) -> Array | None:
    return None if vectors is None else vectors[indices]


def _temperature(scores: npt.NDArray[np.floating[Any]], truth: list[int]) -> float:
    """The divisor of the scores that makes the truth (each row's true column) likeliest."""

    def surprise(logarithm: float) -> float:
        chances = softmax(scores / np.exp(logarithm))
        return -float(np.log(chances[np.arange(len(truth)), truth] + 1e-12).sum())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3.0, 3.0), method="bounded").x))
