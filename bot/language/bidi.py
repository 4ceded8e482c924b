"""Step 9, said: directions kept apart, so that a Latin run or another's words never turn a sentence about."""

from __future__ import annotations

import re
import unicodedata

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"
_OPENERS = {LRI, "\u2067", FSI}
# Embeddings, overrides, isolates and marks: in another's words they could hide or turn what follows.
_DIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"  # with the accents of Đà Nẵng
_LATIN = rf"[{_LETTER}0-9+@#/][{_LETTER}0-9+@#/:._\-?=&%~]*[{_LETTER}0-9+/#]|[{_LETTER}0-9]"
_RUN = re.compile(rf"(?:{_LATIN})(?:[ ](?:{_LATIN}))*")
_ISOLATES = re.compile(rf"([{LRI}\u2067{FSI}{PDI}])")


def clean(text: str, *, lines: bool = True) -> str:
    """`text` without control characters, lone surrogates and directional marks; line breaks stay if `lines`."""
    kept = []
    for character in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(character)
        if character == "\n":
            kept.append("\n" if lines else " ")
        elif category not in {"Cc", "Cs", "Zl", "Zp"} and character not in _DIRECTIONAL:
            kept.append(character)
        elif character in "\t\u2028\u2029":
            kept.append(" ")
    return "".join(kept)


def isolate(text: str) -> str:
    """Another's words in an isolate of the direction of their first strong letter, line by line.

    An isolate ends with its paragraph, so each line has its own.
    """
    return "\n".join(f"{FSI}{line}{PDI}" if line else "" for line in text.split("\n"))


def isolate_ltr(text: str) -> str:
    """A code, address or number that always reads from left to right."""
    return f"{LRI}{text}{PDI}"


def isolate_latin(text: str) -> str:
    """Right-to-left `text` with each Latin run and each telephone number isolated, unless it already is."""
    depth, parts = 0, []
    for part in _ISOLATES.split(text):
        if part in _OPENERS:
            depth += 1
        elif part == PDI:
            depth = max(0, depth - 1)
        elif depth == 0:
            part = _RUN.sub(_isolated_run, part)  # noqa: PLW2901 - the isolated form takes its place
        parts.append(part)
    return "".join(parts)


def _isolated_run(match: re.Match[str]) -> str:
    run = match.group()
    needs = re.search(rf"[{_LETTER}]|\+\d|\d \d", run)
    return isolate_ltr(run) if needs else run
