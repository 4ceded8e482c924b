"""Before any message: what the letters and the meaning of the messages of `nlu/` say of their intents."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.kernel_ridge import KernelRidge
from sklearn.neural_network import MLPClassifier

from nlu.engine.latin import is_plain_latin
from nlu.engine.letters import Array, Letters
from nlu.engine.meaning import Meaning, Network, see
from nlu.engine.model import OF_LATIN, OUT_OF_SCOPE, Model
from nlu.engine.ngrams import KINDS, Kind, learn_ngrams

Truth = npt.NDArray[np.integer]
Run = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]

# Chosen by cross-validation on the training messages (bench/understanding.py).
MOST = 45  # messages of an intent and a language that the meaning is learned from
_IN_FULL = frozenset({"danger", OUT_OF_SCOPE})
_SMOOTHING = 0.5
_HIDDEN, _NETWORKS = 512, 3
_ROUNDS, _DECAY, _BATCH = 12, 1e-3, 128


def fit_model(
    texts: Sequence[str],
    intents: Sequence[str],
    languages: Sequence[Collection[str]],
    vectors: Sequence[Array | None],
    kinds: tuple[Kind, ...] = KINDS,
    run: Run = map,
) -> Model:
    """The model of normalised texts with their intents and languages, and embeddings of shape (384,) where given.

    Without any embedding it understands by letters alone. `ValueError` when there are fewer than two intents,
    or a text has no language. `run` does independent parts of the work, as `map` does or several at once.
    """
    names = tuple(sorted(set(intents)))
    if len(names) < 2 or not all(languages):
        raise ValueError("There must be messages of two intents, and each must stand in a language's folder.")
    truth = np.array([names.index(intent) for intent in intents])
    codes = sorted({code for each in languages for code in each})
    own = [[i for i, each in enumerate(languages) if code in each] for code in codes]
    fit = partial(_letters, intents=len(names), kinds=kinds)
    letters = dict(zip(codes, run(fit, [([texts[i] for i in some], truth[some]) for some in own]), strict=True))
    given = [(vector, which) for vector, which in zip(vectors, truth, strict=True) if vector is not None]
    if not given:
        return Model(names, letters, None)
    seen, wanted = zip(*given, strict=True)
    return Model(names, letters, fit_meaning(np.stack(seen), np.array(wanted), run))


def worth_embedding(
    texts: Sequence[str], intents: Sequence[str], languages: Sequence[Collection[str]], most: int = MOST
) -> list[int]:
    """Which normalised texts the meaning is learned from: of most intents at most `most` in each language.

    All of danger and of what is out of scope: they take many shapes, and how often they come must be learned too.
    Of the others those in the language's own script come first: of Latin spellings the embedding understands
    little. More messages teach the letters, which cost next to nothing; the meaning costs ten milliseconds each.
    """

    def romanised(i: int) -> bool:
        return OF_LATIN not in languages[i] and is_plain_latin(texts[i])

    # By hash: the same ones each time, and not those that happen to be written first.
    order = sorted(range(len(texts)), key=lambda i: (romanised(i), hashlib.sha256(texts[i].encode()).digest()))
    counted: Counter[tuple[str, str]] = Counter()
    worth = []
    for i in order:
        groups = [(language, intents[i]) for language in languages[i]]
        if intents[i] in _IN_FULL or not groups or any(counted[group] < most for group in groups):
            worth.append(i)
            counted.update(groups)
    return sorted(worth)


def _letters(own: tuple[Sequence[str], Truth], intents: int, kinds: tuple[Kind, ...]) -> Letters:
    return fit_letters(*own, intents, kinds)


def fit_letters(texts: Sequence[str], truth: Truth, intents: int, kinds: tuple[Kind, ...] = KINDS) -> Letters:
    """The letters of one language by kernel ridge regression.

    `truth` is each text's intent, from 0. There are many more n-grams than messages, so what is solved has the
    size of the messages; that takes seconds where descending to a logistic regression takes minutes.
    """
    ngrams = tuple(learn_ngrams(kind, texts) for kind in kinds)
    empty = Letters(ngrams, np.zeros((sum(len(each.columns) for each in ngrams), intents), np.float32))
    rows = _matrix(empty, texts)
    wanted = np.full((len(texts), intents), -1 / intents)
    wanted[np.arange(len(texts)), truth] = 1
    solved = KernelRidge(alpha=_SMOOTHING, kernel="precomputed").fit((rows @ rows.T).toarray(), wanted)
    return Letters(ngrams, (rows.T @ solved.dual_coef_).astype(np.float32))


def fit_meaning(vectors: Array, truth: Truth, run: Run = map) -> Meaning:
    """The networks of embeddings of shape (texts, 384); `truth` is each text's intent, from 0, none left out."""
    centre: Array = vectors.mean(axis=0)
    seen = see(vectors, centre)
    return Meaning(centre, tuple(run(partial(_network, seen, truth), range(_NETWORKS))))


def _network(seen: Array, truth: Truth, number: int) -> Network:
    learner = MLPClassifier(
        (_HIDDEN,), alpha=_DECAY, batch_size=min(_BATCH, len(seen)), max_iter=_ROUNDS, random_state=number
    )
    # One round at a time: sklearn warns of learners that stop before they have nothing more to learn.
    for _ in range(_ROUNDS):
        learner.partial_fit(seen, truth, classes=np.arange(truth.max() + 1))
    inner, outer = (np.asarray(part, np.float32) for part in learner.coefs_)
    inner_bias, outer_bias = (np.asarray(part, np.float32) for part in learner.intercepts_)
    if outer.shape[1] == 1:  # of two intents sklearn learns the second alone, as a logistic score
        outer, outer_bias = np.hstack([0 * outer, outer]), np.append(np.float32(0), outer_bias)
    return Network(inner, inner_bias, outer, outer_bias)


def _matrix(letters: Letters, texts: Sequence[str]) -> csr_matrix:
    rows = [letters.row(text) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((column for row in rows for column in row), np.int32, int(ends[-1]))
    values = np.fromiter((value for row in rows for value in row.values()), np.float32, int(ends[-1]))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(letters.weights)))
