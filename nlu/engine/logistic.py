"""Before any message: logistic regression over many intents, learned by L-BFGS.

Rows are half sparse (a few hundred of many thousand n-grams) and half dense (an embedding); each half is
multiplied in its own way, which takes a third of the time of one sparse matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlu.engine.classifier import Array, softmax

# Weak regularisation and an early stop, by cross-validation on the training messages.
_STRENGTH, _STEPS, _TOLERANCE = 10.0, 60, 1e-4


@dataclass(frozen=True)
class Matrix:
    """Rows of features: `sparse` of shape (rows, n-grams), `dense` of shape (rows, 384) or (rows, 0)."""

    sparse: csr_matrix
    dense: Array

    def times(self, weights: Array) -> Array:
        """Scores of shape (rows, intents) for weights of shape (n-grams + dense columns, intents)."""
        split = self.sparse.shape[1]
        scores: Array = self.sparse @ weights[:split] + self.dense @ weights[split:]
        return scores

    def back(self, errors: Array) -> Array:
        """The gradient of the weights, from errors of shape (rows, intents)."""
        return np.vstack([self.sparse.T @ errors, self.dense.T @ errors])


def learn_weights(rows: Matrix, truth: npt.NDArray[np.integer[Any]], intents: int) -> tuple[Array, Array]:
    """Weights of shape (columns, intents) and bias of shape (intents,); `truth` is each row's intent, from 0.

    Every intent weighs the same, however many messages it has.
    """
    number = len(truth)
    columns = rows.sparse.shape[1] + rows.dense.shape[1]
    share = (number / (intents * np.bincount(truth, minlength=intents)[truth])).astype(np.float32)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        both = flat.reshape(columns + 1, intents).astype(np.float32)
        chances = softmax(rows.times(both[:-1]) + both[-1])
        surprise = -share @ np.log(chances[np.arange(number), truth] + 1e-12)
        chances[np.arange(number), truth] -= 1
        errors = _STRENGTH * share[:, np.newaxis] * chances
        gradient = np.vstack([rows.back(errors) + both[:-1], errors.sum(axis=0)])
        penalty = 0.5 * float(np.square(both[:-1]).sum())
        return _STRENGTH * float(surprise) + penalty, gradient.ravel().astype(np.float64)

    options = {"maxiter": _STEPS, "ftol": _TOLERANCE, "maxcor": 10}
    start = np.zeros((columns + 1) * intents)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    both = found.reshape(columns + 1, intents).astype(np.float32)
    return both[:-1], both[-1]
