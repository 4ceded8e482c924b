"""Step 3, the two classifiers together: one for all messages, one for the letters of romanised ones.

The embedding knows little of Persian or Urdu in Latin letters, and says it with confidence. So for a message
in Latin letters, from a person whose language has another script, the classifier that never saw embeddings
has half the say: by cross-validation that is right six times in a hundred more often, and costs little where
the message is English after all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.engine.classifier import Array, Classifier, load, save

_LATIN = "Latn"
_AFTER_LATIN = "\u0370"  # the first letter after Unicode's Latin blocks


@dataclass(frozen=True)
class Model:
    """What training gives: `whole` with the embedding if that is on, and `letters` without it or `None`."""

    whole: Classifier
    letters: Classifier | None

    def ranking(self, text: str, vector: Array | None, *, romanised: bool) -> list[tuple[str, float]]:
        """Every intent with its probability, best first, for a normalised text and its embedding."""
        whole = self.whole.ranking(text, vector)
        if not romanised or self.letters is None:
            return whole
        letters = dict(self.letters.ranking(text, None))
        return sorted(((name, (chance + letters[name]) / 2) for name, chance in whole), key=lambda pair: -pair[1])


def is_romanised(text: str, language: str | None, scripts: dict[str, str]) -> bool:
    """Whether a text is all in Latin letters although the language is written in another script."""
    own = scripts.get(language or "") or scripts.get((language or "").split("_")[0], _LATIN)
    letters = [character for character in text if character.isalpha()]
    return own != _LATIN and bool(letters) and all(letter < _AFTER_LATIN for letter in letters)


def load_scripts(file: Path) -> dict[str, str]:
    """Each language's script (ISO 15924) by its code, from `locales/languages.yml`."""
    languages = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {str(code): str(entry["script"]) for code, entry in languages.items()}


def save_model(model: Model, folder: Path) -> None:
    """The model in `folder`/whole and, if there is one without embeddings, `folder`/letters."""
    for name, classifier in (("whole", model.whole), ("letters", model.letters)):
        if classifier is not None:
            (folder / name).mkdir()
            save(classifier, folder / name)


def load_model(folder: Path) -> Model:
    """The model that `save_model` wrote; `OSError` when there is none."""
    letters = folder / "letters"
    return Model(load(folder / "whole"), load(letters) if letters.exists() else None)
