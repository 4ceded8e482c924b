"""Beside step 9: the words of our trade, what each is called in a language, and where English uses it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.language.folding import fold
from bot.language.gates.fault import Fault
from bot.language.gates.plain import without_fixed

GLOSSARY = "glossary.csv"  # in `locales/<language>/`
COLUMNS = ("term", "translation", "note")


class GlossaryError(Exception):
    """A glossary cannot be read; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Term:
    """One line. `translation` has forms or stems between `|`; `@name` among them is where none is needed."""

    term: str
    translation: str
    note: str

    @property
    def forms(self) -> tuple[str, ...]:
        """What the term is called; the first is the usual word. None: nobody has said yet, nothing is checked."""
        return tuple(part for part in self._parts() if not part.startswith("@"))

    @property
    def free_in(self) -> frozenset[str]:
        """The contexts (names of responses) in which a translation may say it otherwise."""
        return frozenset(part.removeprefix("@").strip() for part in self._parts() if part.startswith("@"))

    def _parts(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.translation.split("|") if part.strip())


def load_glossary(path: Path) -> tuple[Term, ...]:
    """The terms of a `glossary.csv` in its order; none if there is no such file. Errors: `GlossaryError`."""
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise GlossaryError(f"{path}: it is not a CSV file in UTF-8 ({error}); save it as one.") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise GlossaryError(f"{path}: its first line must be «{','.join(COLUMNS)}».")
    terms = []
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(COLUMNS) or not fold(line[0]):
            raise GlossaryError(
                f"{path}, line {number}: it must have a term, then a translation and a note, both of which may "
                "be empty; put a text with a comma in quotation marks."
            )
        terms.append(Term(*(cell.strip() for cell in line)))
    return tuple(terms)


def terms_in(english: str, terms: Iterable[Term]) -> tuple[Term, ...]:
    """Those of the `terms` that stand in `english` as whole words, in the singular or a simple plural."""
    folded = f" {fold(without_fixed(english))} "
    return tuple(one for one in terms if any(f" {form} " in folded for form in _numbers(fold(one.term))))


def unlike_glossary(context: str, english: str, text: str, terms: Iterable[Term]) -> Iterator[Fault]:
    """A fault for each term of `english` that `text` does not call by any of its names."""
    # Blanks and joiners are left out: compounds are written with and without them.
    folded = _joined(text)
    for term in terms_in(english, terms):
        if not term.forms or context in term.free_in:
            continue
        if not any(_joined(form) in folded for form in term.forms):
            yield Fault(
                "glossary",
                f"the glossary calls «{term.term}» «{'» or «'.join(term.forms)}»; use that word; if another is "
                f"right here, add it after | in glossary.csv of this language (or «@{context}»).",
            )


def same_terms(terms: Iterable[Term], english: Iterable[Term]) -> Iterator[Fault]:
    """Faults of a language's glossary: a term that the English list has not, or that stands twice."""
    known, seen = {one.term for one in english}, set[str]()
    for term in terms:
        if term.term not in known:
            yield Fault(
                "glossary", f"«{term.term}» is not in the English glossary; take the term as it stands there."
            )
        if term.term in seen:
            yield Fault("glossary", f"«{term.term}» stands twice; keep one line, with all its forms between |.")
        seen.add(term.term)


def _numbers(term: str) -> tuple[str, ...]:
    if term.endswith("y") and term[-2:-1] not in "aeiou":
        return term, term[:-1] + "ies"
    return term, term + "s", term + "es"


def _joined(text: str) -> str:
    return fold(text).replace(" ", "").replace("\u200c", "")
