"""Before any message: the training messages of `nlu/`, each with its language.

Rasa reads the same files for their intents; of which language a message is, it does not keep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.engine.latin import without_marks
from nlu.engine.normalise import normalise


@dataclass(frozen=True)
class TrainingMessage:
    """A message as it was written, its language's code and its intent in full (`faq/cost`)."""

    language: str
    text: str
    intent: str


def load_messages(root: Path) -> Iterator[TrainingMessage]:
    """All messages of `root`/nlu in the languages that locales/languages.yml does not switch off, by file name."""
    languages = yaml.safe_load((root / "locales" / "languages.yml").read_text(encoding="utf-8"))
    # YAML reads a bare `off` as false.
    learned = {code for code, language in languages.items() if language["state"] not in {False, "off"}}
    for file in sorted((root / "nlu").glob("*/*.yml")):
        if file.parent.name not in learned:
            continue
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines = (line.strip() for line in block["examples"].splitlines())
            for line in lines:
                if line.startswith("- "):
                    yield TrainingMessage(file.parent.name, line[2:], block["intent"])


def languages_of_texts(messages: Iterator[TrainingMessage]) -> Mapping[str, frozenset[str]]:
    """The languages in which each normalised text is a training message, in every form it is learned in."""
    found: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        for form in forms(normalise(message.text)):
            found[form].add(message.language)
    return {text: frozenset(languages) for text, languages in found.items()}


def forms(text: str) -> tuple[str, ...]:
    """A normalised text as it is learned: as it stands and, if that differs, without its marks."""
    bare = without_marks(text)
    return (text,) if bare == text else (text, bare)
