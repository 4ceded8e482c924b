"""The committed template and translations agree with English, and `bot i18n` keeps it so."""

import re
import shutil
from pathlib import Path

import pytest
from words_copy import run

from bot.language.english import load_responses
from bot.language.translations import Translations
from bot.settings import ROOT

PO = Path("locales/fa/LC_MESSAGES/messages.po")
POT = Path("locales/messages.pot")


def put(path: Path, old: str, new: str) -> None:
    """One replacement that must find its place."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_committed_has_nothing_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ROOT, "check") == 0, capsys.readouterr().out


def test_every_text_and_button_can_be_found_in_persian() -> None:
    persian = Translations(ROOT / PO)
    responses = load_responses(ROOT / "domain.yml").values()
    said = [(one.name, text) for one in responses for text in (one.text, *(b.title for b in one.buttons)) if text]
    assert len(said) > 400
    assert [(name, text) for name, text in said if persian.get(name, text) is None] == []


def test_the_persian_file_says_that_it_is_a_draft() -> None:
    assert "DRAFT" in (ROOT / PO).read_text(encoding="utf-8").partition("msgid")[0]


def test_extracting_twice_gives_the_same_bytes_without_dates_places_or_wrapped_lines(root: Path) -> None:
    assert run(root, "extract") == 0
    first = (root / POT).read_bytes()
    assert run(root, "extract") == 0
    assert (root / POT).read_bytes() == first == (ROOT / POT).read_bytes()
    lines = first.decode().splitlines()
    assert not [line for line in lines if line.startswith("#:") or "-Date:" in line]
    assert 'msgid "Yes. It is your choice, so you can stop. Tell IOM as soon as you can.' in first.decode()


def test_the_template_tells_a_translator_about_limits_placeholders_and_questions(root: Path) -> None:
    template = (root / POT).read_text(encoding="utf-8")
    entry = template.partition('msgctxt "ask_age"\nmsgid "18 or older"')[0].rsplit("\n\n", 1)[1]
    assert "at most 24 characters" in entry
    assert "How old are you?" in entry
    assert "{reference}: a code" in template
    assert 'About the question: “How old are you?”\nmsgctxt "explain_age"' in template


def test_updating_when_nothing_changed_changes_nothing(root: Path) -> None:
    before = (root / PO).read_bytes()
    assert run(root, "update") == 0
    assert (root / PO).read_bytes() == before


def test_a_changed_english_text_is_kept_as_fuzzy_and_found_until_put_right(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(root / "domain.yml", "This is the first question.", "This is the very first question.")
    assert run(root, "check") == 1
    assert "messages.pot: it is not what domain.yml" in capsys.readouterr().out
    assert run(root, "update") == 0
    translations = Translations(root / PO)
    assert translations.get("first_question", "This is the very first question.") is None
    assert translations.get("ask_age", "How old are you?") == Translations(ROOT / PO).get(
        "ask_age", "How old are you?"
    )
    capsys.readouterr()
    assert run(root, "check") == 1
    said = capsys.readouterr().out
    assert (
        "fa/LC_MESSAGES/messages.po: first_question «This is the very first question.»: it is marked fuzzy" in said
    )
    # Every language that is offered says so of this string, and of no other.
    *findings, last = said.splitlines()
    assert all("first_question" in finding and "is marked fuzzy" in finding for finding in findings)
    assert last == f"{len(findings)} to put right"


def test_a_new_language_gets_a_draft_with_the_plural_rule_of_languages_yml(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root, "update", "km") == 0
    path = root / "locales/km/LC_MESSAGES/messages.po"
    assert "DRAFT" in path.read_text(encoding="utf-8")
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in path.read_text(encoding="utf-8")
    assert run(root, "check") == 0, "a language that is off may be half done"
    capsys.readouterr()
    elsewhere = root / "from_a_translator.po"
    shutil.copy(path, elsewhere)
    assert run(root, "check", str(elsewhere)) == 1
    assert "ask_age «How old are you?»: it has no translation" in capsys.readouterr().out


def test_an_overlay_may_hold_only_what_it_says_differently(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(root / "locales/languages.yml", 'name: "دری"\n', 'name: "دری"\n  # offered\n')
    text = (root / "locales/languages.yml").read_text(encoding="utf-8")
    before, dari, after = text.partition("fa_AF:")
    (root / "locales/languages.yml").write_text(before + dari + after.replace("state: off", "state: draft", 1))
    assert run(root, "update", "fa_AF") == 0
    assert run(root, "check") == 0, capsys.readouterr().out


def test_a_file_from_elsewhere_is_checked_with_the_lists_of_its_language(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    glossary = root / "locales/fa/glossary.csv"
    glossary.write_text("term,translation,note\npassport,xyz,a booklet\n", encoding="utf-8")
    elsewhere = root / "from_a_translator.po"
    shutil.copy(root / PO, elsewhere)
    assert run(root, "check", str(elsewhere)) == 1
    assert "from_a_translator.po: label_faq/no_passport «I have no" in capsys.readouterr().out
    put(glossary, "passport,xyz", "pasport,xyz")
    assert run(root, "check", str(root / PO)) == 1
    assert "fa/glossary.csv: «pasport» is not in the English glossary" in capsys.readouterr().out


def test_a_language_that_counts_as_reviewed_needs_a_signature_under_every_string(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (root / "locales/languages.yml").read_text(encoding="utf-8")
    before, persian, after = text.partition("\nfa:")
    after = after.replace(
        "state: draft\n  reviewer:\n  date:", "state: reviewed\n  reviewer: A\n  date: 2026-11-22", 1
    )
    (root / "locales/languages.yml").write_text(before + persian + after, encoding="utf-8")
    assert run(root, "update") == 0
    assert run(root, "check", str(root / PO)) == 1
    assert (
        "danger_card «Please first go somewhere safe, if you can.»: no reviewer signed it"
        in capsys.readouterr().out
    )
    assert run(root, "sign", "fa", "danger_card", "--by", "A. Reader", "--date", "2026-11-22") == 0
    assert re.search(r"danger_card.*no reviewer", capsys.readouterr().out) is None
    assert "# reviewed: A. Reader, 2026-11-22, " in (root / PO).read_text(encoding="utf-8")
    assert run(root, "sign", "fa", "--by", "A. Reader") == 0
    assert run(root, "check", str(root / PO)) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "spoil", "message"),
    [
        (["update", "xx"], None, "«xx» is not a language to translate into"),
        (["update", "en"], None, "«en» is not a language to translate into"),
        (["update", "en_XA"], None, "«en_XA» is not a language to translate into"),
        (["check", "nowhere.po"], None, "nowhere.po"),
        (["sign", "fa", "nothing", "--by", "A. Reader"], None, "«nothing» is no msgctxt"),
        (["sign", "fa", "--by", "Reader, A."], None, "a name without a comma"),
        (["check"], (Path("locales/en/glossary.csv"), "term,", "word,"), "its first line must be"),
        (["check"], (PO, 'msgstr "چند سال دارید؟"', 'msgstr "چند سال'), "is cut off"),
        (["check"], (PO, 'msgid "How old are you?"', "How old are you?"), "it is not a whole .po file"),
        (["extract"], (Path("locales/placeholders.yml"), "\nphone:", "\nfone:"), "{phone}"),
        (["extract"], (Path("domain.yml"), "\nresponses:", "\nanswers:"), "has no `responses:`"),
    ],
)
def test_what_cannot_be_read_is_named(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    spoil: tuple[Path, str, str] | None,
    message: str,
) -> None:
    if spoil:
        put(root / spoil[0], spoil[1], spoil[2])
    assert run(root, *words) == 2
    assert message in capsys.readouterr().err
