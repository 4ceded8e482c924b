"""Beside the message's way: messages whose intent is known, held out from training or learned from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.language.languages import SOURCE
from bot.processes.model import message_folders

HELD_OUT = Path("tests", "understanding")
NATIVE, ROMANISED = "native", "romanised"


class MessagesError(Exception):
    """The messages of a language are not there or not in form; the text names file or language, and what to do."""


@dataclass(frozen=True)
class Message:
    """A message, the code of its language, its script (native or romanised) and its true intent (`faq/cost`)."""

    language: str
    script: str
    text: str
    intent: str


def held_out(root: Path, languages: Collection[str] = ()) -> list[Message]:
    """The messages of tests/understanding, which no training file holds; of all languages where none is named.

    `MessagesError` names a language without such a file, or a file of another form.
    """
    files = {path.stem: path for path in sorted((root / HELD_OUT).glob("*.yml"))}
    _known(languages, files, f"has no held-out messages in {HELD_OUT.as_posix()}")
    return [one for code, path in files.items() if not languages or code in languages for one in _held(code, path)]


def training(root: Path, languages: Collection[str] = ()) -> list[Message]:
    """The messages that the model learns from, of all languages that are not off where none is named.

    `MessagesError` names a language without such messages, or a file of another form.
    """
    folders = {Path(folder).name: root / folder for folder in message_folders(root)}
    _known(languages, folders, "has no training messages in nlu/, or is off")
    chosen = [code for code in folders if not languages or code in languages]
    return [
        Message(code, script_of(code, text), text, intent)
        for code in chosen
        for intent, text in learned_from(folders[code])
    ]


def learned_from(folder: Path) -> Iterator[tuple[str, str]]:
    """Intent and text of each training message in a language's folder; `MessagesError` names a wrong file."""
    for path in sorted(folder.glob("*.yml")):
        try:
            blocks = [(str(block["intent"]), block["examples"].splitlines()) for block in _yaml(path)["nlu"]]
        except (yaml.YAMLError, KeyError, TypeError, AttributeError):
            raise MessagesError(f"{path} is not a list of intents with examples under `nlu:`.") from None
        for intent, lines in blocks:
            texts = (line.strip() for line in lines)
            yield from ((intent, text[2:].strip()) for text in texts if text.startswith("- "))


def script_of(language: str, text: str) -> str:
    """Training messages do not name their script: plain Latin letters outside English are romanised."""
    letters = [character for character in text if character.isalpha()]
    plain = bool(letters) and all(letter.isascii() for letter in letters)
    return ROMANISED if plain and language != SOURCE else NATIVE


def _held(code: str, path: Path) -> Iterator[Message]:
    try:
        scripts = {script: list(intents.items()) for script, intents in _yaml(path).items()}
    except (yaml.YAMLError, AttributeError):
        raise MessagesError(f"{path} does not map scripts to intents, and these to lists of messages.") from None
    for script, intents in scripts.items():
        yield from (Message(code, script, str(text), intent) for intent, texts in intents for text in texts)


def _known(languages: Collection[str], there: Collection[str], what: str) -> None:
    for code in languages:
        if code not in there:
            raise MessagesError(f"«{code}» {what}; choose from {', '.join(there)}.")


def _yaml(path: Path) -> Any:
    # The training files are long: the loader written in C reads them ten times as fast.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # it is the safe one
