"""Step 3, the reading of a message: how likely each intent is, by its letters and by its meaning together.

The letters know the words of one language, the embedding knows what words of many languages mean, but little
of them in Latin letters. So both have a say, and the letters a greater one where the letters are Latin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlu.engine.latin import is_plain_latin
from nlu.engine.letters import Array, Letters
from nlu.engine.meaning import Meaning, Network, log_softmax
from nlu.engine.ngrams import KINDS, Ngrams

# Chosen by cross-validation on the training messages (bench/understanding.py): the divisor of the letters'
# scores; the letters' say, from 0 to 1; what is added to the logarithm of `out_of_scope`, since nobody can write
# examples of everything else. The divisor of all together was chosen on every other held-out message: under it a
# probability of 0.8 is right about 8 times in 10.
_LETTERS_DIVISOR = 0.15
_SAY, _SAY_IN_LATIN = 0.6, 0.8
_OUT_OF_SCOPE = 0.5
_DIVISOR = 0.5
# A message is read by another language's letters when they know this much more of it.
_BETTER_KNOWN = 0.1
OUT_OF_SCOPE = "out_of_scope"
OF_LATIN = "en"  # the language whose own letters are plain Latin


@dataclass(frozen=True)
class Model:
    """What training gives: the intents' names, the letters by language, and the meaning unless that is off."""

    intents: tuple[str, ...]
    letters: Mapping[str, Letters]
    meaning: Meaning | None

    def ranking(self, text: str, vector: Array | None, language: str | None) -> list[tuple[str, float]]:
        """Every intent with its probability, best first, for a normalised text and its embedding.

        `language`: the one that the person chose. `ValueError` when the embedding is there and training had
        none, or the other way round.
        """
        if (self.meaning is None) != (vector is None):
            raise ValueError("The model was trained with another `enabled` of the embedding: train it again.")
        read_as = self.read_as(text, language)
        logarithms = log_softmax(self.letters[read_as].scores(text) / _LETTERS_DIVISOR)
        if self.meaning is not None and vector is not None:
            say = _SAY_IN_LATIN if is_plain_latin(text) and read_as != OF_LATIN else _SAY
            logarithms = say * logarithms + (1 - say) * self.meaning.logarithms(vector)
        if OUT_OF_SCOPE in self.intents:
            logarithms[self.intents.index(OUT_OF_SCOPE)] += _OUT_OF_SCOPE
        chances = np.exp(log_softmax(logarithms / _DIVISOR))
        return [(self.intents[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]

    def read_as(self, text: str, language: str | None) -> str:
        """The language by whose letters a text is read: the person's own, unless another's know it much better."""
        known = {code: letters.known(text) for code, letters in self.letters.items()}
        best = max(known, key=lambda code: known[code])
        own = next((code for code in (language, (language or "").partition("_")[0]) if code in known), None)
        return own if own is not None and known[own] + _BETTER_KNOWN >= known[best] else best


def save_model(model: Model, folder: Path) -> None:
    """The model as `model.json` and `model.npz` in an existing folder: nothing that runs when it is read."""
    plain = {
        "intents": model.intents,
        "letters": {code: _grams(letters.ngrams) for code, letters in model.letters.items()},
        "networks": len(model.meaning.networks) if model.meaning else 0,
    }
    (folder / "model.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    arrays: dict[str, Any] = {f"letters_{code}": letters.weights for code, letters in model.letters.items()}
    if model.meaning is not None:
        arrays["centre"] = model.meaning.centre
        for number, network in enumerate(model.meaning.networks):
            arrays |= {f"{name}_{number}": values for name, values in vars(network).items()}
    np.savez(folder / "model.npz", **arrays)


def load_model(folder: Path) -> Model:
    """The model that `save_model` wrote; `OSError` when there is none."""
    plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    with np.load(folder / "model.npz", allow_pickle=False) as arrays:
        letters = {
            code: Letters(_ngrams(kept), arrays[f"letters_{code}"]) for code, kept in plain["letters"].items()
        }
        networks = tuple(
            Network(**{name: arrays[f"{name}_{number}"] for name in Network.__dataclass_fields__})
            for number in range(plain["networks"])
        )
        meaning = Meaning(arrays["centre"], networks) if networks else None
    return Model(tuple(plain["intents"]), letters, meaning)


def _grams(ngrams: Iterable[Ngrams]) -> list[dict[str, list[object]]]:
    return [{"grams": list(each.columns), "weights": list(each.weights)} for each in ngrams]


def _ngrams(kept: Iterable[Mapping[str, list[object]]]) -> tuple[Ngrams, ...]:
    return tuple(
        Ngrams(kind, {str(gram): column for column, gram in enumerate(one["grams"])}, tuple(one["weights"]))  # type: ignore[arg-type]
        for kind, one in zip(KINDS, kept, strict=True)
    )
