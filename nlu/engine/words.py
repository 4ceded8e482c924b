"""Step 3, the short answers and danger phrases of one language, from `locales/<language>/words.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from nlu.engine.normalise import bare

# Lists of words.yml that are whole answers; `danger` is looked for inside messages, `choices` are numbers,
# `exit` never reaches Rasa.
SHORT_ANSWERS = (
    "affirm",
    "deny",
    "not_sure",
    "prefer_not_to_say",
    "stop",
    "go_back",
    "talk_to_person",
    "help_menu",
    "erase_data",
)
# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Han.
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u4e00", "\u9fff"))


class WordsError(ValueError):
    """A words.yml cannot be read; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Words:
    """One language's lists, all bare: whole message to intent, danger phrases, ordinal word to choice."""

    short: Mapping[str, str] = field(default_factory=dict)
    danger: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)

    def has_danger(self, message: str) -> bool:
        """Whether a danger phrase stands in a bare message, as whole words where words are spaced."""
        spaced = f" {message} "
        return any(phrase in spaced for phrase in self._sought)

    @cached_property
    def _sought(self) -> tuple[str, ...]:
        """The danger phrases as they stand in a message: between spaces where words are spaced."""
        return tuple(phrase if _is_unspaced(phrase) else f" {phrase} " for phrase in self.danger)


def load_words(folder: Path) -> dict[str, Words]:
    """Each language's words by its code, from `folder`/<language>/words.yml; one without the file is not there.

    `WordsError` names the file whose form is wrong, or the word that stands under two answers.
    """
    return {file.parent.name: _read(file) for file in sorted(folder.glob("*/words.yml"))}


def _read(file: Path) -> Words:
    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise WordsError(f"{file}: this is not valid YAML; put every word in quotes.") from error
    if not isinstance(raw, dict):
        raise WordsError(f"{file}: it must be a mapping such as `affirm: [...]`.")
    short: dict[str, str] = {}
    for intent in SHORT_ANSWERS:
        for word in _bare_words(file, intent, raw.get(intent) or []):
            if short.setdefault(word, intent) != intent:
                raise WordsError(f"{file}: «{word}» stands under {short[word]} and {intent}; keep one.")
    danger = tuple(dict.fromkeys(_bare_words(file, "danger", raw.get("danger") or [])))
    return Words(short, danger, _choices(file, raw.get("choices") or {}))


def _choices(file: Path, raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise WordsError(f"{file}: `choices` must map 1 to 9 and `last` to lists of words.")
    return {word: str(number) for number, words in raw.items() for word in _bare_words(file, "choices", words)}


def _bare_words(file: Path, name: str, words: object) -> Iterable[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise WordsError(
            f"{file}: `{name}` must be a list of words in quotes (a bare yes or 1 is no word in YAML)."
        )
    return [found for found in map(bare, words) if found]


def _is_unspaced(phrase: str) -> bool:
    return any(first <= phrase[0] <= last for first, last in _UNSPACED)
