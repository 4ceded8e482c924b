"""How well messages are understood: a table per way of understanding, language and script.

    python bench/understanding.py             on the held-out messages, never trained on
    python bench/understanding.py --training  on a third of the training messages, held back from learning: for
                                              choosing settings without looking at the held-out messages
    --way NAME                                only this way (repeat for several)
    --language CODE                           only this language (repeat for several): the ways of Rasa itself
                                              take many hours on all

Measured is the whole reading (model, words, limits of config.yml), without `unclear`, so that each message has
one best reading: top-1 and top-3; danger recall and false alarms among all other messages; how much
out-of-scope text is taken for something else, and how much of it at or over the `unclear` limit. Then, for the
way that is served, how often a probability was right.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-rasa"
if Path(sys.prefix) != ENVIRONMENT:  # started from the other environment, as `make bench` does
    python = str(ENVIRONMENT / "bin" / "python")
    os.execv(python, [python, *sys.argv])
sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402  # found once the root is on the path
from sklearn.model_selection import StratifiedKFold  # noqa: E402

from bench.ways import SERVED, WAYS, Messages, Rankings  # noqa: E402
from nlu.engine.embedding import embed_all, embed_cached  # noqa: E402
from nlu.engine.latin import without_marks  # noqa: E402
from nlu.engine.messages import load_messages  # noqa: E402
from nlu.engine.normalise import normalise  # noqa: E402
from nlu.engine.reading import Context, Heard, Limits, read  # noqa: E402
from nlu.engine.words import load_words  # noqa: E402

CACHE = ROOT / "var" / "bench"
COLUMNS = "messages | n | top-1 | top-3 | danger recall | false alarms | out of scope taken | and surely"


@dataclass(frozen=True)
class Asked:
    """A message with its true intent; `group` is its language and, where there are two, its script."""

    group: str
    language: str
    text: str
    intent: str


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--training", action="store_true", help="training messages held back from learning")
    parser.add_argument("--way", choices=list(WAYS), action="append", help="only this way of understanding")
    parser.add_argument("--language", action="append", help="only this language")
    args = parser.parse_args()
    learned, measured = (
        [m for m in messages if args.language is None or m.language in args.language]
        for messages in (training_messages(), held_out_messages())
    )
    if args.training:
        learned, measured = _parted(learned)
    texts = [plain(m) for m in [*learned, *measured]]
    # Marks left out are learned too (see `messages.forms`); here the served way adds them by itself.
    bare = [without_marks(text) for text in texts[: len(learned)]]
    vectors = embed_cached(embed_all, [*texts, *bare], CACHE)
    known = dict(zip([*texts, *bare], vectors, strict=True))
    print(f"{len(learned)} training messages, {len(measured)} measured\n")
    print(f"| way | {COLUMNS} |")
    print("|" + "---|" * (COLUMNS.count("|") + 2))
    curve: list[str] = []
    for name in args.way or list(WAYS):
        rankings = WAYS[name](_messages(learned), _messages(measured), known)
        for row in rows(measured, rankings):
            print(f"| {name} | {row} |", flush=True)
        if name == SERVED:
            curve = list(reliability(measured, rankings))
    print("\n".join(["", *curve]))


def training_messages() -> Iterator[Asked]:
    """All messages of nlu/ in the languages that are not off, once each."""
    for one in load_messages(ROOT):
        yield Asked(_group(one.language, one.text), one.language, one.text, one.intent)


def held_out_messages() -> Iterator[Asked]:
    """All messages of tests/understanding/*.yml."""
    for file in sorted((ROOT / "tests" / "understanding").glob("*.yml")):
        for script, intents in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for intent, texts in intents.items():
                for text in texts:
                    yield Asked(f"{file.stem} {script}", file.stem, str(text), intent)


def plain(message: Asked) -> str:
    """The text as the pipeline sees it."""
    return normalise(message.text).lstrip("/ ")


def rows(measured: Sequence[Asked], rankings: Rankings) -> Iterator[str]:
    """The table's cells: for each language and script, then for all native and all romanised, then for all."""
    limits, words = _limits(), load_words(ROOT / "locales")
    sure = Limits(0.0, limits.danger, limits.fear)
    heard = [
        read(plain(message), ranking, Context(message.language), words, sure)
        for message, ranking in zip(measured, rankings, strict=True)
    ]
    groups = sorted({message.group for message in measured})
    for group in [*groups, "native", "romanised", ""]:
        pairs = [(m, h) for m, h in zip(measured, heard, strict=True) if m.group.endswith(group)]
        yield f"{group or 'all'} | {len(pairs)} | " + " | ".join(_cells(pairs, limits.unclear))


def reliability(measured: Sequence[Asked], rankings: Rankings) -> Iterator[str]:
    """A table: of the best readings with such a probability, how many were right."""
    yield "| probability | readings | mean probability | right |"
    yield "|---|---|---|---|"
    best = [(ranking[0][1], ranking[0][0] == m.intent) for m, ranking in zip(measured, rankings, strict=True)]
    for tenth in range(10):
        inside = [(chance, right) for chance, right in best if tenth <= min(9.99, 10 * chance) < tenth + 1]
        if inside:
            mean, share = (100 * sum(column) / len(inside) for column in zip(*inside, strict=True))
            yield f"| {10 * tenth}–{10 * tenth + 10} % | {len(inside)} | {mean:.1f} | {share:.1f} |"  # noqa: RUF001


def _messages(asked: Sequence[Asked]) -> Messages:
    return [(plain(m), m.language, m.intent) for m in asked]


def _parted(messages: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Two thirds to learn from and one to measure, the same each time, alike in languages and intents."""
    kinds = [f"{m.language} {m.intent}" for m in messages]
    learned, held = next(StratifiedKFold(3, shuffle=True, random_state=0).split(messages, kinds))
    return [messages[i] for i in learned], [messages[i] for i in held]


def _cells(pairs: Sequence[tuple[Asked, Heard]], unclear: float) -> list[str]:
    def share(of: Callable[[Asked], bool], that: Callable[[Asked, Heard], bool]) -> str:
        chosen = [that(message, heard) for message, heard in pairs if of(message)]
        return f"{100 * sum(chosen) / len(chosen):.1f}" if chosen else "–"  # noqa: RUF001  # nothing to count

    def stray(message: Asked) -> bool:
        return message.intent == "out_of_scope"

    return [
        share(lambda _: True, lambda m, h: h.intent == m.intent),
        share(lambda _: True, lambda m, h: m.intent in [name for name, _ in h.ranking[:3]]),
        share(lambda m: m.intent == "danger", lambda _, h: h.intent == "danger"),
        share(lambda m: m.intent != "danger", lambda _, h: h.intent == "danger"),
        share(stray, lambda _, h: h.intent != "out_of_scope"),
        share(stray, lambda _, h: h.intent != "out_of_scope" and h.confidence >= unclear),
    ]


def _group(language: str, text: str) -> str:
    """Training messages do not name their script: plain Latin letters outside English are romanised."""
    romanised = language != "en" and all(letter.isascii() for letter in normalise(text) if letter.isalpha())
    return f"{language} {'romanised' if romanised else 'native'}"


def _limits() -> Limits:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    last = pipeline[-1]
    return Limits(last["unclear"], last["danger"], last["fear"])


if __name__ == "__main__":
    main()
