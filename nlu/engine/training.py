"""Before any message: the classifier learned from the messages of `nlu/`, and its confidence made honest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlu.engine.classifier import Array, Classifier, Features, softmax
from nlu.engine.ngrams import KINDS, learn_ngrams

# Weak regularisation, by cross-validation; intents weigh the same however many messages they have.
_STRENGTH, _STEPS, _TOLERANCE = 10.0, 150, 1e-3
_FOLDS = 3


def fit(texts: Sequence[str], intents: Sequence[str], vectors: Array | None) -> Classifier:
    """A classifier of normalised texts, with embeddings (shape (texts, 384)) or with `None` without them.

    The temperature is found on messages held back from the learning (three folds), never on those learned
    from. `ValueError` when there are fewer than two intents, or an intent has fewer messages than folds.
    """
    rare = sorted({intent for intent in intents if list(intents).count(intent) < _FOLDS})
    if rare or len(set(intents)) < 2:
        raise ValueError(f"Every intent needs at least {_FOLDS} messages, and there must be two intents: {rare}")
    held_back = [
        (_scores(part, [texts[i] for i in test], _rows(vectors, test)), [intents[i] for i in test], part.intents)
        for part, test in folds(texts, intents, vectors)
    ]
    whole = _fit(texts, intents, vectors)
    temperature = _temperature(held_back)
    return Classifier(whole.intents, whole.features, whole.weights, whole.bias, temperature)


def folds(
    texts: Sequence[str], intents: Sequence[str], vectors: Array | None
) -> Iterator[tuple[Classifier, list[int]]]:
    """Classifiers that each learned from two thirds of the messages, with the indices of the third held back."""
    splitter = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for learned, held in splitter.split(texts, intents):
        part = _fit([texts[i] for i in learned], [intents[i] for i in learned], _rows(vectors, learned))
        yield part, held.tolist()


def _fit(texts: Sequence[str], intents: Sequence[str], vectors: Array | None) -> Classifier:
    centre = None if vectors is None else vectors.mean(axis=0)
    features = Features(tuple(learn_ngrams(kind, texts) for kind in KINDS), centre)
    regression = LogisticRegression(C=_STRENGTH, max_iter=_STEPS, tol=_TOLERANCE, class_weight="balanced")
    regression.fit(_matrix(features, texts, vectors), intents)
    weights, bias = regression.coef_.T, regression.intercept_
    names = tuple(str(name) for name in regression.classes_)
    if len(names) == 2:  # scikit-learn keeps one row of weights for two intents
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return Classifier(names, features, weights.astype(np.float32), bias.astype(np.float32), 1.0)


def _scores(classifier: Classifier, texts: Sequence[str], vectors: Array | None) -> npt.NDArray[np.floating]:
    scores: npt.NDArray[np.floating] = _matrix(classifier.features, texts, vectors) @ classifier.weights
    return scores + classifier.bias


def _matrix(features: Features, texts: Sequence[str], vectors: Array | None) -> csr_matrix:
    rows = [features.row(text, None if vectors is None else vectors[i]) for i, text in enumerate(texts)]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = [column for found, _ in rows for column in found]
    values = np.array([value for _, found in rows for value in found], np.float64)
    return csr_matrix((values, columns, ends), shape=(len(rows), features.width))


def _rows(vectors: Array | None, indices: Sequence[int]) -> Array | None:
    return None if vectors is None else vectors[indices]


Held = tuple[npt.NDArray[np.floating], list[str], tuple[str, ...]]


def _temperature(held_back: Sequence[Held]) -> float:
    """The divisor of the scores under which the true intents of the messages held back are likeliest."""

    def surprise(logarithm: float) -> float:
        total = 0.0
        for scores, intents, names in held_back:
            chances = softmax(scores / np.exp(logarithm))
            truth = [names.index(intent) for intent in intents]
            total -= float(np.log(chances[np.arange(len(truth)), truth] + 1e-12).sum())
        return total

    return float(np.exp(minimize_scalar(surprise, bounds=(-3.0, 3.0), method="bounded").x))
