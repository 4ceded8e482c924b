"""Run in Rasa's environment by test_trained_model.py: what the numbers do, as one JSON object."""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.engine.embedding import embed_cached
from nlu.engine.messages import languages_of_texts, load_messages
from nlu.engine.model import Model, load_model, save_model
from nlu.engine.normalise import normalise
from nlu.engine.training import fit_model, worth_embedding

ENGLISH = {
    "faq/cost": ["how much money", "what is the price", "is it free"],
    "greet": ["hello", "hi friend", "hello there"],
    "out_of_scope": ["who won the match", "is it rain today"],
}
PERSIAN = {
    "faq/cost": ["چقدر پول", "قیمتش چنده", "رایگانه"],
    "greet": ["سلام", "سلام دوست من", "salam", "salam khobi"],
    "out_of_scope": ["امروز هوا چطوره", "کی بازی رو برد"],
}
WRITTEN = [(code, t, i) for code, by in (("en", ENGLISH), ("fa", PERSIAN)) for i, ts in by.items() for t in ts]
READ = [("hello", "fa"), ("سلام", "en"), ("salam", "fa_AF"), ("hello", None), ("ع", "fa"), ("", "en")]
LANGUAGES_YML = "en: {state: draft}\nvi: {state: reviewed}\nxx: {state: off}\n"


class Counting:
    """Embeds, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.array([[len(text)] * 384 for text in texts], np.float32)


def cache(folder: Path) -> dict[str, object]:
    first, second, third = Counting(), Counting(), Counting()
    embed_cached(first, ["a", "bb", "a"], folder)
    vectors: Any = embed_cached(second, ["bb", "ccc"], folder)
    embed_cached(third, ["a", "bb"], folder)
    nothing: Any = embed_cached(third, [], folder)
    return {
        "asked": [first.asked, second.asked, third.asked],
        "values": vectors[:, 0].tolist(),
        "shape": nothing.shape,
    }


def mismatch(model: Model, vector: Any) -> str:
    try:
        model.ranking("hello", vector, "en")
    except ValueError as error:
        return str(error)
    return ""


def refused(intents: list[str], languages: list[tuple[str, ...]]) -> str:
    try:
        fit_model(["a", "b"], intents, languages, [None, None])
    except ValueError as error:
        return str(error)
    return ""


def folders(root: Path) -> dict[str, list[str]]:
    for code, text in (("en", "toi OK"), ("vi", "tôi đói"), ("xx", "never")):
        (root / "nlu" / code).mkdir(parents=True)
        block = f"nlu:\n- intent: greet\n  examples: |\n    - {text}\n"
        (root / "nlu" / code / "a.yml").write_text(block, encoding="utf-8")
    (root / "locales").mkdir()
    (root / "locales" / "languages.yml").write_text(LANGUAGES_YML)
    return {text: sorted(codes) for text, codes in languages_of_texts(load_messages(root)).items()}


def main() -> None:
    texts = [normalise(text) for _, text, _ in WRITTEN]
    intents, languages = [intent for _, _, intent in WRITTEN], [(code,) for code, _, _ in WRITTEN]
    vectors = np.random.default_rng(0).normal(size=(len(texts), 384)).astype(np.float32)
    plain, whole = (fit_model(texts, intents, languages, each) for each in ([None] * len(texts), list(vectors)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_model(whole, folder)
        again = load_model(folder)
        kept = sorted(file.name for file in folder.iterdir())
        cached = cache(folder / "cache")
        read = folders(folder / "project")
    rankings = {
        written: plain.ranking(normalise(written), None, language)
        for written, language in (("How much MONEY??", "en"), ("helloooo", "fa"), ("سلام!", "fa"), ("", "en"))
    }
    found = {
        "rankings": rankings,
        "read_as": [plain.read_as(text, language) for text, language in READ],
        "same": again.ranking("hello", vectors[3], "en") == whole.ranking("hello", vectors[3], "en"),
        "by_meaning": [whole.ranking("zzz", vector, "en")[0][0] for vector in vectors[3:5]],
        "kept": kept,
        "missing_vector": mismatch(whole, None),
        "needless_vector": mismatch(plain, vectors[0]),
        "one_intent": refused(["greet", "greet"], [("en",), ("en",)]),
        "no_language": refused(["greet", "thank"], [("en",), ()]),
        "worth": worth_embedding(
            ["taka", "টাকা", "bill", "fee", "hi", "no language", "help", "police"],
            ["faq/cost"] * 4 + ["greet", "stop", "danger", "danger"],
            [("bn",), ("bn",), ("en",), ("en",), ("en",), (), ("en",), ("en",)],
            1,
        ),
        "cache": cached,
        "folders": read,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
