"""Beside step 9: a reviewer's name under a translation, good until the English or the translation changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence

from babel.messages.catalog import Catalog, Message

from bot.language.gates.fault import Fault

# A translator comment, which every editor and msgmerge keep: `# reviewed: Name, 2026-11-20, 1f3a9c02e5`
_MARK = re.compile(r"reviewed: (?P<name>.+), (?P<date>\d{4}-\d\d-\d\d), (?P<digest>[0-9a-f]{10})")


def sign(catalogue: Catalog, reviewer: str, date: str, contexts: Collection[str]) -> int:
    """Puts the name of `reviewer` (without a comma) under every finished text of `contexts`, or of all if empty.

    `date` is YYYY-MM-DD. How many were signed; those that are missing or fuzzy are left, and old marks replaced.
    """
    signed = 0
    for message in catalogue:
        english, text = message.id, message.string
        if not (isinstance(english, str) and isinstance(text, str) and english and text.strip()) or message.fuzzy:
            continue
        if not contexts or message.context in contexts:
            others = [comment for comment in message.user_comments if not _MARK.fullmatch(comment.strip())]
            message.user_comments = [*others, f"reviewed: {reviewer}, {date}, {_digest(english, text)}"]
            signed += 1
    return signed


def is_signed(comments: Sequence[str], english: str, text: str) -> bool:
    """Whether one of the `comments` is a reviewer's mark for this very text."""
    marks = (_MARK.fullmatch(comment.strip()) for comment in comments)
    return any(mark is not None and mark["digest"] == _digest(english, text) for mark in marks)


def unsigned(message: Message, english: str, text: str) -> Iterator[Fault]:
    """A fault if nobody signed `text`, or it changed since."""
    if is_signed(message.user_comments, english, text):
        return
    was = any(_MARK.fullmatch(comment.strip()) for comment in message.user_comments)
    why = "it changed after a reviewer signed it" if was else "no reviewer signed it"
    yield Fault("unreviewed", f"{why}, and the language counts as reviewed; have it read, then `bot i18n sign`.")


def _digest(english: str, text: str) -> str:
    return hashlib.sha256(f"{english}\0{text}".encode()).hexdigest()[:10]
