"""Step 3, checked: the words of each language are read from its own file, and a wrong file is named."""

from pathlib import Path

import pytest

from nlu.engine.words import SHORT_ANSWERS, Words, WordsError, load_words

LOCALES = Path(__file__).resolve().parents[2] / "locales"


def written(folder: Path, content: str, language: str = "xx") -> Path:
    (folder / language).mkdir()
    (folder / language / "words.yml").write_text(content, encoding="utf-8")
    return folder


def test_short_answers_are_bare(tmp_path: Path) -> None:
    words = load_words(written(tmp_path, 'affirm: ["Yes!", "آره"]\ndeny: ["don’t"]'))["xx"]  # noqa: RUF001
    assert words.short == {"yes": "affirm", "اره": "affirm", "dont": "deny"}


def test_choices_are_numbers_and_last(tmp_path: Path) -> None:
    words = load_words(written(tmp_path, 'choices: {"2": ["second", "دوم"], last: ["last one"]}'))["xx"]
    assert words.choices == {"second": "2", "دوم": "2", "last one": "last"}


def test_danger_is_matched_as_whole_words() -> None:
    words = Words(danger=("gun", "no food"))
    assert words.has_danger("he has a gun here")
    assert words.has_danger("no food")
    assert not words.has_danger("it has begun")
    assert not words.has_danger("no fast food")


def test_danger_is_found_inside_a_script_without_spaces() -> None:
    assert Words(danger=("ช่วยด้วย",)).has_danger("ได้โปรดช่วยด้วยนะ")


def test_a_word_under_two_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"words\.yml: «no» stands under affirm and deny"):
        load_words(written(tmp_path, 'affirm: ["no"]\ndeny: ["No"]'))


@pytest.mark.parametrize("content", ["affirm: yes", "affirm: [yes]", "[]", "choices: [one]", "affirm: ['a"])
def test_a_wrong_form_names_the_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(WordsError, match=r"xx.words\.yml"):
        load_words(written(tmp_path, content))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_list_of_the_languages_we_have_is_filled(language: str) -> None:
    words = load_words(LOCALES)[language]
    assert set(words.short.values()) == set(SHORT_ANSWERS)
    assert len(words.danger) > 50
    assert set(words.choices.values()) == {*"123456789", "last"}
