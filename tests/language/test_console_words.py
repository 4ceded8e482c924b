"""The console's words: extracted from its pages, kept in step by `bot i18n`, and every planted fault found."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from words_copy import run

from bot.language.catalogue import load_catalogue
from bot.language.console_files import check_console_file, check_consoles
from bot.language.console_words import CATALOGUE, DRAFT, PROJECT, TEMPLATE, console_template, same_places
from bot.language.extract import ExtractError, as_po
from bot.settings import ROOT

CODES = ("ar", "id", "th")
PLACED = "Nothing was sent: write between 1 and %(limit)s characters, or choose a reason."


def catalogue_of(root: Path, code: str) -> Path:
    return root / "locales" / code / CATALOGUE


def spoil(path: Path, english: str, put: str, *, over: str = r'msgstr ".*"') -> None:
    """Put something else where the translation of `english` stands; it must find its place."""
    text = path.read_text(encoding="utf-8")
    found = re.compile(f'(msgid "{re.escape(english)}"\n){over}')
    assert len(found.findall(text)) == 1
    path.write_text(found.sub(lambda match: match[1] + put, text), encoding="utf-8")


def test_the_template_and_every_translation_in_git_have_nothing_to_put_right() -> None:
    assert [str(one) for one in check_consoles(ROOT, load_catalogue(ROOT))] == []
    assert (ROOT / TEMPLATE).read_bytes() == as_po(console_template())
    for code in CODES:
        assert DRAFT in catalogue_of(ROOT, code).read_text(encoding="utf-8").partition("msgid")[0]


def test_strings_are_found_in_pages_and_in_python_with_their_senses_and_notes(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "one.html").write_text(
        '{# Translators: on a button. #}\n{{ _("Find") }}\n{{ pgettext("noun", "Reply") }}'
        '<p title="{{ _("At most %(many)s", many=3) }}">{{ _("Find") }}</p>',
        encoding="utf-8",
    )
    (tmp_path / "two.py").write_text('# Translators: of a tab.\nTAB = _("Mine")\nOTHER = print("Not this")\n')
    found = {(one.context, one.id): one.auto_comments for one in console_template(tmp_path) if one.id}
    assert found == {
        (None, "Mine"): ["of a tab.", "In two.py."],
        (None, "Find"): ["on a button.", "In one.html."],
        ("noun", "Reply"): ["In one.html."],
        (None, "At most %(many)s"): ["In one.html."],
    }


def test_a_page_that_cannot_be_read_stops_the_extraction(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text('{{ _("Find") }')
    with pytest.raises(ExtractError, match=r"one\.html, line 1: unexpected"):
        console_template(tmp_path)


@pytest.mark.parametrize(
    ("code", "english", "put", "kind"),
    [
        ("ar", "Find", 'msgstr ""', "missing"),
        ("ar", "Find", 'msgstr "Find"', "untranslated"),
        ("th", "Find", 'msgstr "Find"', "untranslated"),
        ("id", "Find", 'msgstr "Find"', "untranslated"),
        ("th", "Find", 'msgstr "ค้นหา search"', "script"),
        ("th", "Find", 'msgstr "بحث"', "script"),
        ("ar", "Find", 'msgstr "\u200fبحث"', "hidden"),
        ("ar", "Password", 'msgstr "کلمة المرور"', "letters"),
        ("id", PLACED, 'msgstr "Tulis 1 sampai %(limits)s karakter."', "placeholder"),
        ("id", PLACED, 'msgstr "Tulis 1 sampai karakter."', "placeholder"),
        ("id", "Find", 'msgstr "Cari 100%"', "placeholder"),
        ("id", "Find", 'msgstr "<b>Cari</b>"', "unchanged"),
        ("id", "UNHCR first", 'msgstr "PBB terlebih dahulu"', "unchanged"),
        ("id", "Find", 'msgstr " Cari"', "blank"),
        ("ar", "6-digit code from your telephone", 'msgstr "الرمز المكوّن من 8 أرقام من هاتفك"', "number"),
        ("ar", "Find", 'msgstr "مرفوض"', "banned"),
    ],
)
def test_a_planted_fault_is_found(root: Path, code: str, english: str, put: str, kind: str) -> None:
    path = catalogue_of(root, code)
    spoil(path, english, put)
    found = list(check_console_file(root, load_catalogue(root), path))
    assert kind in {one.kind for one in found}
    assert {one.english for one in found} == {english}
    assert all(str(one).startswith(f"locales/{code}/{CATALOGUE}: console «") for one in found)


def test_a_fuzzy_a_left_over_and_a_missing_string_are_found(root: Path) -> None:
    path = catalogue_of(root, "th")
    text = path.read_text(encoding="utf-8")
    text = text.replace('msgid "Find"', '#, fuzzy\nmsgid "Find"', 1).replace('msgid "Password"', 'msgid "Pass"', 1)
    path.write_text(text.replace("nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);"), encoding="utf-8")
    found = [(one.kind, one.english) for one in check_console_file(root, load_catalogue(root), path)]
    assert found == [("plural", ""), ("fuzzy", "Find"), ("missing", "Password"), ("left over", "Pass")]


def test_a_stale_template_is_found_and_an_update_mends_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = {code: catalogue_of(root, code).read_bytes() for code in CODES}
    (root / TEMPLATE).write_bytes((root / TEMPLATE).read_bytes().replace(b"Password", b"Passphrase"))
    assert run(root, "check") == 1
    assert "console.pot: it is not what the console's pages say now" in capsys.readouterr().out
    assert run(root, "update", "--console") == 0
    assert {code: catalogue_of(root, code).read_bytes() for code in CODES} == kept
    assert [one.kind for one in check_consoles(root, load_catalogue(root))] == []
    (root / TEMPLATE).unlink()
    assert run(root, "extract") == 0
    assert (root / TEMPLATE).read_bytes() == (ROOT / TEMPLATE).read_bytes()


def test_a_new_language_of_the_console_starts_as_a_draft_and_is_not_half_done(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root, "update", "fa") == 0
    assert not catalogue_of(root, "fa").exists()
    assert run(root, "update", "--console", "fa") == 0
    assert "0 of " in capsys.readouterr().out
    assert DRAFT in catalogue_of(root, "fa").read_text(encoding="utf-8")
    kinds = {one.kind for one in check_console_file(root, load_catalogue(root), catalogue_of(root, "fa"))}
    assert kinds == {"missing"}
    assert run(root, "update", "--console", "xx") == 2


def test_a_file_that_comes_by_mail_is_known_to_be_the_consoles(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = tmp_path / "from a translator.po"
    shutil.copy(catalogue_of(root, "th"), sent)
    assert f"Project-Id-Version: {PROJECT} " in sent.read_text(encoding="utf-8")
    assert run(root, "check", str(sent)) == 0
    spoil(sent, "Find", 'msgstr ""')
    capsys.readouterr()
    assert run(root, "check", str(sent)) == 1
    assert "console «Find»: it has no translation" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("english", "text", "same"),
    [
        ("a %(b)s", "%(b)s c", True),
        ("a", "b", True),
        ("100%%", "%%100", True),
        ("a %(b)s", "c", False),
        ("a", "%(b)s", False),
        ("a", "100 %", False),
        ("a %(b)s", "%(b)d", False),
    ],
)
def test_places_are_the_same_or_not(english: str, text: str, same: bool) -> None:
    assert same_places(english, text) is same
