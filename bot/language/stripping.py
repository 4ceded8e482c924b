"""Step 4, acted on: a message without what could tell who wrote it, to be kept for who writes training messages.

What is known to be harmless stays, all else goes: a word stays only if a training message of the language has it.
A name that is an everyday word of the language as well can stay, unless it is written with a capital letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.language.cities import WELL_KNOWN, CityNames
from bot.language.countries import CountryNames
from bot.language.folding import fold
from bot.language.tongue import main_script

MOST = 300  # characters
_READ = 2000  # characters of a longer message
FEWEST_WORDS = 2  # that say something; with fewer there is nothing to learn
WORD, PLACE, LINK, NUMBER = "<word>", "<place>", "<link>", "#"
_APOSTROPHES = "'’ʼ"  # noqa: RUF001
_ENDS = ".?!…؟۔।॥။"  # noqa: RUF001
_MARKS = _ENDS + ",;:،؛၊"
_DOMAIN = re.compile(r"\w\.[a-z]{2}", re.IGNORECASE)
_LONGEST_NAME = 6  # words
_SHORTEST_NAME, _SHORT_NAME = 3, 4  # letters: a name of a country; one that only large cities count with


@dataclass(frozen=True)
class _Piece:
    """A word as written, a sign between words, or what stands for a link or a number.

    `opens`: a sentence begins here.
    """

    written: str
    is_word: bool = False
    opens: bool = False

    @property
    def is_capital(self) -> bool:
        """Whether it is written like a name: «Rahim», and neither «I» nor «IOM»."""
        return self.written[:1].isupper() and self.written[1:2].islower()


def strip(text: str, vocabulary: Collection[str], countries: CountryNames, cities: CityNames) -> str | None:
    """`text` with signs in the place of links, numbers, places and all words that are not in `vocabulary`.

    `vocabulary` is of one language, as `bot.understanding.vocabulary` makes it. At most `MOST` characters; None
    where fewer than `FEWEST_WORDS` words are left.
    """
    pieces = list(_pieces(text[:_READ]))
    places = _places(pieces, countries, cities)
    said, left = "", 0
    for at, piece in enumerate(pieces):
        stays = piece.is_word and at not in places and not _like_a_name(pieces, at)
        stays = stays and word_key(piece.written) in vocabulary
        shown = _shown(piece, stays=stays, is_place=at in places)
        longer = _joined(said, shown)
        if len(longer) > MOST:
            break
        said, left = longer, left + stays
    return said if left >= FEWEST_WORDS else None


def words_of(text: str) -> list[str]:
    """The words of `text`, as written. Where words stand without spaces between them, what is between spaces."""
    return [piece.written for piece in _pieces(text) if piece.is_word]


def word_key(word: str) -> str:
    """How a word is looked up. Latin letters keep their accents: in Vietnamese they tell a word from a name."""
    return word.casefold() if main_script(word) == "Latn" else fold(word)


def _shown(piece: _Piece, *, stays: bool, is_place: bool) -> str:
    if is_place:
        return PLACE
    bare = _without_digits(piece.written)
    if stays or not piece.is_word:
        return bare
    return WORD if bare == piece.written else NUMBER  # a letter among digits is a part of a passport's number


def _without_digits(written: str) -> str:
    """In Arabic typed in Latin letters digits stand among the letters of a word: they go as well."""
    return "".join(NUMBER if unicodedata.category(sign)[0] == "N" else sign for sign in written)


def _joined(said: str, shown: str) -> str:
    """One more piece. Parts of a number, and of a place of several words, are one."""
    if shown in _MARKS:
        return said + shown if said else ""
    if not said:
        return shown
    if shown in {NUMBER, PLACE} and said.endswith(shown):
        return said
    return f"{said} {shown}"


def _pieces(text: str) -> Iterator[_Piece]:
    opens = True
    for chunk in _visible(text).split():
        if "@" in chunk or "://" in chunk or _DOMAIN.search(chunk):
            yield _Piece(LINK)
            opens = False
            continue
        for kind, run in groupby(chunk, _kind):
            written = "".join(run).strip(_APOSTROPHES)
            if kind == "mark":
                yield _Piece(written[:1])
                opens = written[-1] in _ENDS
            elif kind == "word" and any(sign.isalpha() for sign in written):
                yield _Piece(written, is_word=True, opens=opens)
                opens = False
            elif kind == "word" and _without_digits(written) != written:
                yield _Piece(NUMBER)
                opens = False


def _visible(text: str) -> str:
    """Letters as everybody has them, without signs that are not seen: no word is hidden by one in its middle."""
    signs = ((sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFKC", text))
    seen = "".join(
        " " if category == "Cc" else sign for sign, category in signs if category[0] != "C" or category == "Cc"
    )
    return unicodedata.normalize("NFC", seen)


def _kind(sign: str) -> str:
    if sign in _MARKS:
        return "mark"
    return "word" if unicodedata.category(sign)[0] in "LMN" or sign in _APOSTROPHES else "gap"


def _like_a_name(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a word has a capital letter that no sentence's beginning explains, or stands beside another."""
    piece = pieces[at]
    beside = (*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2])
    return piece.is_capital and (not piece.opens or any(one.is_word and one.is_capital for one in beside))


def _places(pieces: Sequence[_Piece], countries: CountryNames, cities: CityNames) -> set[int]:
    """Where in `pieces` words of names of countries and cities stand, the longest name first."""
    words = [at for at, piece in enumerate(pieces) if piece.is_word]
    found: set[int] = set()
    start = 0
    while start < len(words):
        lengths = range(min(_LONGEST_NAME, len(words) - start), 0, -1)
        named = (
            length
            for length in lengths
            if _is_place([pieces[at] for at in words[start : start + length]], countries, cities)
        )
        length = next(named, 0)
        found.update(words[start : start + length])
        start += length or 1
    return found


def _is_place(pieces: Sequence[_Piece], countries: CountryNames, cities: CityNames) -> bool:
    name = fold(" ".join(piece.written for piece in pieces))
    if len(pieces) > 1:
        return name in countries.names or bool(name and cities.among(name))
    if len(name) < _SHORTEST_NAME:  # «TH» is a country, «th» is not
        return pieces[0].written.isupper() and bool(countries.named(name))
    if len(name) < _SHORT_NAME:
        return name in countries.names
    large = len(name) == _SHORT_NAME and name in cities.inside and cities.names[name][0].people >= WELL_KNOWN
    return large or bool(countries.named(name) or cities.among(name))
