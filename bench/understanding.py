"""How well messages are understood: a table per way of understanding, language and script.

    python bench/understanding.py             on the held-out messages, never trained on
    python bench/understanding.py --training  on training messages held back in turn (three folds): for choosing
                                              settings without looking at the held-out messages

Measured is the whole reading (classifier, words, limits of config.yml), without `unclear`, so that each message
has one best reading: top-1 and top-3; danger recall and false alarms among all other messages; how much
out-of-scope text is taken for something else, and how much of it at or over the `unclear` limit.
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

import yaml  # noqa: E402

from nlu.engine.classifier import Array  # noqa: E402  # found once the root is on the path
from nlu.engine.embedding import embed_cached, load_embedder  # noqa: E402
from nlu.engine.model import Model, is_romanised, load_scripts  # noqa: E402
from nlu.engine.ngrams import KINDS, Kind  # noqa: E402
from nlu.engine.normalise import normalise  # noqa: E402
from nlu.engine.reading import Context, Heard, Limits, read  # noqa: E402
from nlu.engine.training import fit, held_back  # noqa: E402
from nlu.engine.words import load_words  # noqa: E402

# Each way of understanding: its name, its n-grams, and whether it has the embedding. As served, romanised messages
# are also read by the n-grams alone.
SERVED = "as served"
WAYS: tuple[tuple[str, tuple[Kind, ...], bool], ...] = (
    ("letters", KINDS[:1], False),
    ("n-grams", KINDS, False),
    ("embedding", (), True),
    ("both", KINDS, True),
    (SERVED, KINDS, True),
)
CACHE = ROOT / "var" / "bench"
SCRIPTS = load_scripts(ROOT / "locales" / "languages.yml")


@dataclass(frozen=True)
class Asked:
    """A message with its true intent; `group` is its language and, where there are two, its script."""

    group: str
    language: str
    text: str
    intent: str


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--training", action="store_true", help="messages held back from training in turn")
    parser.add_argument("--way", choices=[name for name, _, _ in WAYS], help="only this way of understanding")
    args = parser.parse_args()
    training = list(training_messages())
    measured = training if args.training else list(held_out_messages())
    vectors = embed_cached(load_embedder(), [plain(m) for m in [*training, *measured]], CACHE)
    ways = [way for way in WAYS if args.way in {None, way[0]}]
    print(f"{len(training)} training messages, {len(measured)} measured")
    print(
        "| way | messages | n | top-1 | top-3 | danger recall | false alarms | out of scope taken | and surely |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, kinds, embedded in ways:
        given = vectors if embedded else None
        ranked = _held_back if args.training else _unseen
        rankings = ranked(training, measured, given, kinds, name == SERVED)
        for row in rows(measured, rankings):
            print(f"| {name} | {row} |", flush=True)


def training_messages() -> Iterator[Asked]:
    """All messages of nlu/ in the languages that are not off, once each."""
    languages = yaml.safe_load((ROOT / "locales" / "languages.yml").read_text(encoding="utf-8"))
    learnt = {code for code, language in languages.items() if language["state"] not in {False, "off"}}
    for file in sorted((ROOT / "nlu").glob("*/*.yml")):
        if file.parent.name not in learnt:
            continue
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in block["examples"].splitlines())
            for text in (line[2:] for line in lines if line.startswith("- ")):
                language = file.parent.name
                yield Asked(_group(language, text), language, text, block["intent"])


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


def rows(measured: Sequence[Asked], rankings: Sequence[list[tuple[str, float]]]) -> Iterator[str]:
    """The table's cells: for each language and script, then for all."""
    limits, words = _limits(), load_words(ROOT / "locales")
    sure = Limits(0.0, limits.danger, limits.fear)
    heard = [
        read(plain(message), ranking, Context(message.language), words, sure)
        for message, ranking in zip(measured, rankings, strict=True)
    ]
    for group in [*sorted({message.group for message in measured}), "all"]:
        pairs = [(m, h) for m, h in zip(measured, heard, strict=True) if group in {m.group, "all"}]
        yield f"{group} | {len(pairs)} | " + " | ".join(_cells(pairs, limits.unclear))


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


Rankings = list[list[tuple[str, float]]]


def _unseen(
    training: Sequence[Asked],
    measured: Sequence[Asked],
    vectors: Array | None,
    kinds: tuple[Kind, ...],
    served: bool,
) -> Rankings:
    texts, intents = [plain(m) for m in training], [m.intent for m in training]
    whole = fit(texts, intents, None if vectors is None else vectors[: len(training)], kinds)
    model = Model(whole, fit(texts, intents, None) if served else None)
    asked = None if vectors is None else vectors[len(training) :]
    return [_ranking(model, message, asked, i) for i, message in enumerate(measured)]


def _held_back(
    training: Sequence[Asked], _: Sequence[Asked], vectors: Array | None, kinds: tuple[Kind, ...], served: bool
) -> Rankings:
    texts, intents = [plain(m) for m in training], [m.intent for m in training]
    parts = list(held_back(texts, intents, None if vectors is None else vectors[: len(training)], kinds))
    letters = [part for part, _ in held_back(texts, intents, None)] if served else [None] * len(parts)
    rankings = {
        i: _ranking(Model(part, alone), training[i], vectors, i)
        for (part, held), alone in zip(parts, letters, strict=True)
        for i in held
    }
    return [rankings[i] for i in range(len(training))]


def _ranking(model: Model, message: Asked, vectors: Array | None, index: int) -> list[tuple[str, float]]:
    romanised = is_romanised(message.text, message.language, SCRIPTS)
    return model.ranking(plain(message), None if vectors is None else vectors[index], romanised=romanised)


def _group(language: str, text: str) -> str:
    """Training messages do not name their script: Latin letters in a language of another script are romanised."""
    if language == "en":
        return "en native"
    return f"{language} {'romanised' if any('a' <= letter <= 'z' for letter in normalise(text)) else 'native'}"


def _limits() -> Limits:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    last = pipeline[-1]
    return Limits(last["unclear"], last["danger"], last["fear"])


if __name__ == "__main__":
    main()
