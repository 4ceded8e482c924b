"""Before any message: by language, the words that training messages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.language.stripping import word_key, words_of
from bot.processes.model import message_folders
from bot.understanding.messages import learned_from


def load_vocabulary(root: Path) -> Mapping[str, frozenset[str]]:
    """The words of `root`/nlu/<language> as `word_key` gives them, of all languages that are not off: a second.

    `MessagesError` names a file of another form.
    """
    folders = [root / folder for folder in message_folders(root)]
    return {
        folder.name: frozenset(
            word_key(word) for _, text in learned_from(folder) for word in words_of(text)
        )
        for folder in folders
    }  # fmt: skip
