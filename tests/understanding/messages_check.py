"""Step 3, checked: what is wrong with the training messages of `nlu/`, each fault with its file and line.

A fault that has to do with a held-out message names the training message alone: whoever writes training
messages must not read the held-out ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml
from rapidfuzz import fuzz, process

from nlu.engine.normalise import bare, normalise

# understanding.md asks for 25 messages of an intent; these two are as wide as the world.
FEWEST, FEWEST_WIDE, WIDE = 25, 60, ("danger", "out_of_scope")
# Messages of so few words are so common that anybody writes them.
COMMON_WORDS = 2
LETTERS_OF_A_WORD = 8  # code points, about, where words stand without spaces between them
NEAR, NEAR_WORDS = 90, 4  # percent of letters the same, in messages of so many words or more
BALANCE = 6  # how many times as many messages of an intent one language may have as another
SMALLEST_SHARE = 1 / 3  # of the messages of the middle language

_INTENT = re.compile(r"- intent:\s*(\S+)")
_MESSAGE = re.compile(r"\s+- (?P<text>.*\S)")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u4e00-\u9fff]")


@dataclass(frozen=True)
class Written:
    """One training message and where it stands; `read` is what is left of it once it is read, and compared."""

    language: str
    intent: str
    text: str
    read: str
    file: str
    line: int

    @property
    def place(self) -> str:
        """Where it stands, as a fault says it."""
        return f"{self.file} line {self.line}"


def read_messages(nlu: Path) -> list[Written]:
    """All messages of `nlu`/<language>/*.yml, in the order of the files."""
    return [message for file in sorted(nlu.glob("*/*.yml")) for message in _of_file(file)]


def read_held_out(folder: Path) -> dict[str, list[str]]:
    """The held-out messages of `folder`/<language>.yml, bare, by language."""
    found = {}
    for file in sorted(folder.glob("*.yml")):
        by_script = yaml.safe_load(file.read_text(encoding="utf-8"))
        found[file.stem] = [as_read(text) for by in by_script.values() for texts in by.values() for text in texts]
    return found


def as_read(text: str) -> str:
    """The words of a message as the model gets them; its signs, where it is nothing but signs («?»)."""
    return bare(text) or normalise(text)


def words_in(text: str) -> int:
    """How many words, about where they are not spaced."""
    return sum(-(-len(word) // LETTERS_OF_A_WORD) if _UNSPACED.search(word) else 1 for word in text.split())


def too_few(messages: Sequence[Written]) -> Iterator[str]:
    """Each intent of a language with fewer messages than its least, also one with none at all."""
    counts = _counts(messages)
    for language in sorted({message.language for message in messages}):
        for intent in sorted(counts):
            least, found = FEWEST_WIDE if intent in WIDE else FEWEST, counts[intent].get(language, 0)
            if found < least:
                yield f"nlu/{language}: {intent} has {found} messages; write {least - found} more."


def repeated(messages: Sequence[Written]) -> Iterator[str]:
    """Each message that stands in its language before, under the same intent or another."""
    first: dict[tuple[str, str], Written] = {}
    for message in messages:
        before = first.setdefault((message.language, message.read), message)
        if before is message:
            continue
        if before.intent == message.intent:
            yield f"{message.place}: the same message stands in {before.place}; delete one."
        else:
            yield f"{message.place}: the same message stands under {before.intent} in {before.place}; keep one."


def copied(messages: Sequence[Written], held_out: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each message that is a held-out one, or nearly."""
    for language, held in sorted(held_out.items()):
        whole, longer = set(held), [text for text in held if words_in(text) >= NEAR_WORDS]
        for message in messages:
            if message.language != language:
                continue
            if message.read in whole:
                if words_in(message.read) > COMMON_WORDS:
                    yield f"{message.place}: this is a held-out message; delete it here."
            elif words_in(message.read) >= NEAR_WORDS and _is_near(message.read, longer):
                yield f"{message.place}: this is nearly a held-out message; delete it here."


def out_of_balance(messages: Sequence[Written]) -> Iterator[str]:
    """Each intent far larger in one language than in another, and each language far smaller than most."""
    for intent, by_language in sorted(_counts(messages).items()):
        least, most = (chosen(by_language, key=lambda code: by_language[code]) for chosen in (min, max))
        if by_language[most] > BALANCE * by_language[least]:
            yield (
                f"nlu/{least}: {intent} has {by_language[least]} messages and nlu/{most} {by_language[most]}; "
                f"no more than {BALANCE} times as many."
            )
    sizes = {
        code: sum(message.language == code for message in messages) for code in {m.language for m in messages}
    }
    middle = median(sizes.values())
    for language, size in sorted(sizes.items()):
        if size < SMALLEST_SHARE * middle:
            yield f"nlu/{language}: {size} messages, and the middle language has {middle:.0f}; write more."


def _of_file(file: Path) -> Iterator[Written]:
    intent = None
    place = f"nlu/{file.parent.name}/{file.name}"
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if named := _INTENT.match(line):
            intent = named[1]
        elif intent and (found := _MESSAGE.match(line)):
            yield Written(file.parent.name, intent, found["text"], as_read(found["text"]), place, number)


def _counts(messages: Iterable[Written]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for message in messages:
        counts[message.intent][message.language] += 1
    return counts


def _is_near(text: str, held: Sequence[str]) -> bool:
    return process.extractOne(text, held, scorer=fuzz.ratio, score_cutoff=NEAR) is not None
