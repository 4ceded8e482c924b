"""Step 3, the letters counted: a text as four kinds of weighted n-grams.

N-grams need no tokenizer, bear typing errors and dialect, and carry the whole of understanding when the
embedding is switched off.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from nlu.engine.latin import in_latin
from nlu.engine.skeleton import skeleton


def letters(text: str, longest: int = 4) -> list[str]:
    """All runs of 1 to `longest` characters within each word, the word's two edges shown as spaces."""
    found: list[str] = []
    for word in text.split():
        edged = f" {word} "
        for size in range(1, longest + 1):
            found.extend(edged[start : start + size] for start in range(max(1, len(edged) - size + 1)))
    return found


def latin(text: str) -> list[str]:
    """The runs of characters of the text in plain Latin letters: the same with and without tone marks."""
    return letters(in_latin(text))


def consonants(text: str) -> list[str]:
    """The runs of characters of the text's skeleton: the same in its own and in Latin letters."""
    return letters(skeleton(text))


def pairs(text: str) -> list[str]:
    """The words of the text's skeleton, alone and two by two."""
    words = skeleton(text).split()
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


@dataclass(frozen=True)
class Kind:
    """One kind of n-gram.

    `cut` cuts a text; `scale` is the kind's weight against the others (measured by cross-validation on the
    training messages); an n-gram is kept when it stands in `at_least` training texts.
    """

    cut: Callable[[str], list[str]]
    scale: float
    at_least: int


KINDS = (Kind(letters, 1.0, 2), Kind(latin, 1.0, 2), Kind(consonants, 1.0, 2), Kind(pairs, 0.8, 2))


@dataclass(frozen=True)
class Ngrams:
    """The n-grams of one kind seen in training: each one's column, from 0, and its weight (rarer is heavier)."""

    kind: Kind
    columns: Mapping[str, int]
    weights: tuple[float, ...]

    def row(self, text: str) -> dict[int, float]:
        """Columns and values of a text's known n-grams: (1 + log count) times weight, of length `kind.scale`."""
        counts = Counter(gram for gram in self.kind.cut(text) if gram in self.columns)
        values = {
            self.columns[gram]: (1 + math.log(count)) * self.weights[self.columns[gram]]
            for gram, count in counts.items()
        }
        length = math.sqrt(sum(value * value for value in values.values()))
        return {column: self.kind.scale * value / length for column, value in values.items()}


def learn_ngrams(kind: Kind, texts: Iterable[str]) -> Ngrams:
    """The n-grams of a kind that the texts hold, weighted by inverse document frequency."""
    seen: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        seen.update(set(kind.cut(text)))
    kept = sorted(gram for gram, number in seen.items() if number >= kind.at_least)
    weights = tuple(math.log((1 + total) / (1 + seen[gram])) + 1 for gram in kept)
    return Ngrams(kind, {gram: column for column, gram in enumerate(kept)}, weights)
