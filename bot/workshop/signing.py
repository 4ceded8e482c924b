"""Beside the message's way: the texts that a reviewer signs on paper, and what they say translated back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.language.audio import text_hash
from bot.workshop.strings import Row

# By heading: the responses whose every string is signed (docs/translating.md, "A new language", 7).
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Safety": (
        *("danger_card", "danger_no_numbers", "danger_none_known", "card_safe_to_talk"),
        *("card_trafficking", "card_held"),
    ),
    "Children": ("card_child", "verdict_child"),
    "Fear of return": ("asylum_notice", "card_asylum", "card_free_choice", "card_private_talk"),
    "Consent": ("notice", "ask_consent", "consent_not_clear"),
}
BACK = "back_translation.yml"  # in `locales/<language>/`
HEADER = """\
# The reviewer's translation back into English of the texts that are signed; written by the workshop.
# of: the hash of the translation that it was made from (bot/language/audio.py); a changed one has none
"""
LONGEST = 4000  # characters


@dataclass(frozen=True)
class Signed:
    """One string of the sheet."""

    row: Row
    hash: str
    back: str


def sheet(locales: Path, language: str, rows: Sequence[Row]) -> dict[str, list[Signed]]:
    """The strings to sign, by heading."""
    backs = read_backs(locales, language)
    made: dict[str, list[Signed]] = {}
    for heading, contexts in GROUPS.items():
        own = sorted((row for row in rows if row.entry.context in contexts), key=lambda row: _place(row, contexts))
        hashes = [text_hash(language, row.entry.context, row.text) for row in own]
        made[heading] = [Signed(row, name, backs.get(name, "")) for row, name in zip(own, hashes, strict=True)]
    return made


def read_backs(locales: Path, language: str) -> dict[str, str]:
    """Translations back, by the hash of what they were made from."""
    path = locales / language / BACK
    raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return {str(one["of"]): str(one["says"]) for one in raw or ()}


def keep_backs(
    locales: Path, language: str, signed: Mapping[str, Sequence[Signed]], given: Mapping[str, str]
) -> None:
    """Keep what the reviewer wrote (`given`, by hash); an empty one goes, one of another translation too."""
    lines = []
    for one in (one for ones in signed.values() for one in ones):
        says = " ".join(given.get(one.hash, one.back).split())[:LONGEST]
        if says and one.row.text:
            lines.append({"context": one.row.entry.context, "of": one.hash, "says": says})
    path = locales / language / BACK
    text = yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=1000) if lines else ""
    new = path.with_suffix(".new")
    new.write_text(HEADER + text, encoding="utf-8")
    new.replace(path)


def _place(row: Row, contexts: Sequence[str]) -> tuple[int, bool]:
    return contexts.index(row.entry.context), row.entry.is_title
