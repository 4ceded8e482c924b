"""The ways of understanding that bench/understanding.py compares: each learns messages and ranks others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack, spmatrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlu.engine.letters import Array
from nlu.engine.messages import forms
from nlu.engine.training import fit_model, worth_embedding

Messages = Sequence[tuple[str, str, str]]  # normalised text, language, intent
Vectors = Mapping[str, Array]  # the embedding of every text
Rankings = list[list[tuple[str, float]]]
Way = Callable[[Messages, Messages, Vectors], Rankings]
SERVED = "letters and meaning, as served"
_STEPS = 100
_PIPELINES = Path(__file__).with_name("rasa_pipelines.yml")


def served(learned: Messages, asked: Messages, vectors: Vectors) -> Rankings:
    """The model as `make train` makes it."""
    return _ours(learned, asked, vectors)


def letters_alone(learned: Messages, asked: Messages, _: Vectors) -> Rankings:
    """The same with `enabled: false` of the embedding."""
    return _ours(learned, asked, None)


def logistic(*, letters: bool, embedding: bool) -> Way:
    """Logistic regression over n-grams of characters, embeddings or both."""

    def way(learned: Messages, asked: Messages, vectors: Vectors) -> Rankings:
        cutter = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
        cutter.fit([text for text, _, _ in learned])

        def see(messages: Messages) -> spmatrix:
            parts = [cutter.transform([text for text, _, _ in messages])] if letters else []
            if embedding:
                parts.append(csr_matrix(np.stack([vectors[text] for text, _, _ in messages]) * 5))
            return hstack(parts).tocsr()

        learner = LogisticRegression(C=10, max_iter=_STEPS, class_weight="balanced", solver="saga", tol=1e-2)
        learner.fit(see(learned), [intent for _, _, intent in learned])
        return _ranked(list(learner.classes_), learner.predict_proba(see(asked)))

    return way


def rasa_pipeline(name: str) -> Way:
    """A pipeline of rasa_pipelines.yml, trained and asked by Rasa itself in a process of its own."""

    def way(learned: Messages, asked: Messages, _: Vectors) -> Rankings:
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home)
            pipeline = yaml.safe_load(_PIPELINES.read_text(encoding="utf-8"))[name]
            (folder / "config.yml").write_text(
                json.dumps({"language": "en", "pipeline": pipeline, "policies": []})
            )
            (folder / "learned.json").write_text(json.dumps(learned))
            (folder / "asked.json").write_text(json.dumps([text for text, _, _ in asked]))
            command = [sys.executable, str(Path(__file__).with_name("rasa_asked.py")), home]
            environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "TF_CPP_MIN_LOG_LEVEL": "3"}
            subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
            return [[(n, c) for n, c in row] for row in json.loads((folder / "rankings.json").read_text())]

    return way


WAYS: Mapping[str, Way] = {
    "n-grams, logistic regression": logistic(letters=True, embedding=False),
    "embedding, logistic regression": logistic(letters=False, embedding=True),
    "both, logistic regression": logistic(letters=True, embedding=True),
    "letters alone, as served without the embedding": letters_alone,
    SERVED: served,
    "DIET over both": rasa_pipeline("diet_over_both"),
    "Rasa's default pipeline": rasa_pipeline("default"),
}


def _ours(learned: Messages, asked: Messages, vectors: Vectors | None) -> Rankings:
    every = [(form, language, intent) for text, language, intent in learned for form in forms(text)]
    texts, codes, intents = zip(*every, strict=True)
    languages = [(code,) for code in codes]
    worth = set(worth_embedding(texts, intents, languages)) if vectors is not None else set()
    known = [vectors[text] if vectors and i in worth else None for i, text in enumerate(texts)]
    model = fit_model(texts, intents, languages, known)
    return [
        model.ranking(text, None if vectors is None else vectors[text], language) for text, language, _ in asked
    ]


def _ranked(names: Sequence[str], chances: Array) -> Rankings:
    return [[(names[i], float(row[i])) for i in np.argsort(-row, kind="stable")] for row in chances]
