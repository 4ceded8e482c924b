"""Beside the message's way: one string marked within what is said, without a change to how it is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.language.catalogue import Catalogue
from bot.language.translations import PLACEHOLDER
from bot.workshop.seen import Key, Listening, listening

BEGIN, END = "\ue000", "\ue001"  # private characters: no text of ours has them


@dataclass(frozen=True)
class Piece:
    """Part of a text, marked or not."""

    text: str
    marked: bool


def marking(catalogue: Catalogue, wanted: Key | None) -> Listening:
    """The words of `catalogue`, those of the string `wanted` between marks; what is put into it has none."""

    def heard(key: Key, text: str) -> str:
        if key != wanted:
            return text
        return BEGIN + PLACEHOLDER.sub(lambda match: f"{END}{match[0]}{BEGIN}", text) + END

    return listening(catalogue, heard)


def has_mark(text: str) -> bool:
    """Whether the string stands in `text`."""
    return BEGIN in text


def bare(text: str) -> str:
    """`text` without marks."""
    return text.replace(BEGIN, "").replace(END, "")


def marked_in(shown: Iterable[str], with_marks: str) -> list[tuple[Piece, ...]]:
    """Each of the texts `shown`, in pieces. They are `with_marks`, which was laid out without its marks.

    Laying out moves blanks only, so the characters between them say where a mark stands.
    """
    ink = _Ink(with_marks)
    return [tuple(_joined(ink.follow(text))) for text in shown]


class _Ink:
    """A walk along the text with marks; it stops following where the texts part."""

    def __init__(self, with_marks: str) -> None:
        self._rest: Iterator[str] = iter(with_marks)
        self._marked = self._lost = False

    def follow(self, text: str) -> Iterator[tuple[str, bool]]:
        for character in text:
            if not character.isspace() and not self._lost:
                self._lost = self._next() != character
            yield character, self._marked and not self._lost

    def _next(self) -> str:
        for character in self._rest:
            if character in (BEGIN, END):
                self._marked = character == BEGIN
            elif not character.isspace():
                return character
        return ""


def _joined(characters: Iterable[tuple[str, bool]]) -> Iterator[Piece]:
    text, marked = "", False
    for character, is_marked in characters:
        if is_marked != marked and text:
            yield Piece(text, marked)
            text = ""
        text, marked = text + character, is_marked
    if text:
        yield Piece(text, marked)
