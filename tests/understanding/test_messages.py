"""Step 3, checked: the training messages are enough, each said once, none held out, and the languages are even."""

from functools import cache
from pathlib import Path

import pytest
from messages_check import (
    Written,
    as_read,
    copied,
    out_of_balance,
    read_held_out,
    read_messages,
    repeated,
    too_few,
    words_in,
)

ROOT = Path(__file__).resolve().parents[2]


@cache
def ours() -> list[Written]:
    return read_messages(ROOT / "nlu")


def written(text: str, *, language: str = "bn", intent: str = "greet", line: int = 7) -> Written:
    return Written(language, intent, text, as_read(text), f"nlu/{language}/x.yml", line)


def many(count: int, *, language: str = "bn", intent: str = "greet") -> list[Written]:
    return [written(f"message number {n}", language=language, intent=intent, line=n) for n in range(count)]


def test_every_language_has_enough_messages_of_every_intent() -> None:
    assert list(too_few(ours())) == []


def test_no_message_stands_twice_in_its_language() -> None:
    assert list(repeated(ours())) == []


def test_no_message_is_a_held_out_one() -> None:
    assert list(copied(ours(), read_held_out(ROOT / "tests" / "understanding"))) == []


def test_the_languages_are_in_balance() -> None:
    assert list(out_of_balance(ours())) == []


def test_messages_are_read_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bn").mkdir()
    content = 'version: "3.1"\n\nnlu:\n- intent: danger\n  examples: |\n    - Help!\n    - no food\n'
    (tmp_path / "bn" / "danger.yml").write_text(content, encoding="utf-8")
    first, second = read_messages(tmp_path)
    assert (first.intent, first.text, first.read) == ("danger", "Help!", "help")
    assert second.place == "nlu/bn/danger.yml line 7"


def test_held_out_messages_of_every_script_are_read(tmp_path: Path) -> None:
    content = 'native:\n  greet: ["নমস্কার!"]\nroman:\n  greet: ["Salam 2"]\n'
    (tmp_path / "bn.yml").write_text(content, encoding="utf-8")
    assert read_held_out(tmp_path) == {"bn": [as_read("নমস্কার"), "salam 2"]}


@pytest.mark.parametrize(("intent", "least"), [("greet", 25), ("danger", 60), ("out_of_scope", 60)])
def test_too_few_messages_are_counted(intent: str, least: int) -> None:
    assert list(too_few(many(least, intent=intent))) == []
    fault = f"nlu/bn: {intent} has {least - 1} messages; write 1 more."
    assert list(too_few(many(least - 1, intent=intent))) == [fault]


def test_an_intent_that_a_language_lacks_is_named() -> None:
    found = list(too_few([*many(25), *many(25, language="ne"), *many(25, intent="stop")]))
    assert found == ["nlu/ne: stop has 0 messages; write 25 more."]


def test_a_message_twice_is_a_fault_however_it_is_dressed() -> None:
    found = list(repeated([written("Hello there!"), written("hello  THERE", line=9)]))
    assert found == ["nlu/bn/x.yml line 9: the same message stands in nlu/bn/x.yml line 7; delete one."]


def test_a_message_under_two_intents_is_a_fault_in_one_language_only() -> None:
    both = [written("hi"), written("hi", intent="stop", line=9), written("hi", language="ne")]
    fault = "nlu/bn/x.yml line 9: the same message stands under greet in nlu/bn/x.yml line 7; keep one."
    assert list(repeated(both)) == [fault]


@pytest.mark.parametrize(
    ("text", "held", "fault"),
    [
        ("how much money", "How much money?", True),
        ("how much", "How much?", False),  # anybody writes it
        ("how much money do i get", "how much mony do i get", True),
        ("how much money", "how much mony", False),  # too short to be a copy
        ("how much money do i get", "where is your office please", False),
        ("ရုံးမှာမြန်မာစကားပြောသူရှိလား", "ရုံးမှာမြန်မာစကားပြောသူရှိလား", True),  # one word, if spaces made words
    ],
)
def test_a_held_out_message_is_not_trained_on(text: str, held: str, fault: bool) -> None:
    found = list(copied([written(text)], {"bn": [as_read(held)], "ne": [as_read(text)]}))
    assert len(found) == fault
    assert all(held not in each and each.startswith("nlu/bn/x.yml line 7: ") for each in found)


def test_an_intent_far_larger_in_one_language_is_a_fault() -> None:
    even = [*many(60), *many(10, language="ne")]
    assert not [fault for fault in out_of_balance(even) if "greet" in fault]
    assert next(out_of_balance([*even, written("more")])).startswith("nlu/ne: greet has 10 messages and nlu/bn 61")


def test_a_language_far_smaller_than_most_is_a_fault() -> None:
    sizes = [*many(30), *many(30, language="ne"), *many(9, language="ta")]
    assert list(out_of_balance(sizes)) == ["nlu/ta: 9 messages, and the middle language has 30; write more."]


@pytest.mark.parametrize(("text", "words"), [("no food", 2), ("ဟုတ်ကဲ့", 1), ("ရုံးမှာမြန်မာစကားပြောသူရှိလား", 4)])
def test_words_are_counted_where_no_spaces_are(text: str, words: int) -> None:
    assert words_in(text) == words
