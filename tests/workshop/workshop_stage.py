"""A project whose translations may be written over, and the workshop over it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bot.settings import ROOT
from bot.workshop.seen import Key
from bot.workshop.stage import Stage, load_stage
from bot.workshop.strings import string_id


def make_root(folder: Path) -> Path:
    """The project with its own translations, and the rest by reference."""
    for name in ("domain.yml", "criteria", "stories"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "locales", folder / "locales")
    return folder


def make_stage(folder: Path) -> Stage:
    return load_stage(make_root(folder))


def key_of(stage: Stage, context: str, start: str) -> Key:
    """The string of `context` that begins so."""
    (found,) = [e for e in stage.sources.found if e.context == context and e.english.startswith(start)]
    return found.context, found.english


def id_of(stage: Stage, context: str, start: str) -> str:
    return string_id(key_of(stage, context, start))


def rewrite(stage: Stage, language: str, key: Key, text: str) -> None:
    """The translation of a one-line string, written into the file as an editor would."""
    path = stage.file(language)
    context, english = (re.escape(part.replace('"', '\\"')) for part in key)
    entry = re.compile(rf'(msgctxt "{context}"\nmsgid "{english}"\nmsgstr )".*"\n')
    before = path.read_text(encoding="utf-8")
    after, count = entry.subn(lambda match: f'{match[1]}"{text}"\n', before)
    assert count == 1
    path.write_text(after, encoding="utf-8")
