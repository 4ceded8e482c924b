"""A catalogue that is broken, half-written or half done never raises: English stands in, and an alarm says so."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import structlog
from gateway_rig import words_in

from bot.language.catalogue import load_catalogue
from bot.language.inspection import PO
from bot.language.translations import Translations
from bot.language.wording import Wording
from bot.settings import ROOT

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
AGE = 'msgctxt "ask_age"\nmsgid "How old are you?"\n'


@pytest.mark.parametrize(
    ("po", "alarm"),
    [
        (f'{HEADER}{AGE}msgstr "چند سال {{دارید}}؟"\n', "catalogue.broken_placeholder"),
        (f'{HEADER}{AGE}msgstr "چند سال دارید}}؟"\n', "catalogue.broken_placeholder"),
        (f'{HEADER}#, fuzzy\n{AGE}msgstr "چند سال دارید؟"\n', "catalogue.gap"),
        (f'{HEADER}{AGE}msgstr ""\n', "catalogue.gap"),
        (f"{HEADER}", "catalogue.gap"),
        (f'{HEADER}{AGE}msgstr "چند سال', "catalogue.unreadable"),
        (f"{HEADER}{AGE}msg", "catalogue.unreadable"),
        (f'{HEADER.replace("UTF-8", "UTF-80")}{AGE}msgstr "چند سال دارید؟"\n', "catalogue.unreadable"),
        ('msgid ""\nmsgstr "\udcff', "catalogue.unreadable"),
    ],
)
def test_english_stands_in_and_an_alarm_is_logged(tmp_path: Path, po: str, alarm: str) -> None:
    root = words_in(tmp_path)
    (root / "locales" / "fa" / PO).write_bytes(po.encode("utf-8", errors="surrogateescape"))
    persian = Wording(load_catalogue(root), "fa")
    with structlog.testing.capture_logs() as logs:
        assert "How old are you" in persian.text("ask_age")
    assert {alarm, "catalogue.gap"} <= {entry["event"] for entry in logs}
    assert {entry["log_level"] for entry in logs} <= {"warning", "error"}
    assert not [entry for entry in logs if "How old" in str(entry) or "سال" in str(entry)], "ids, never words"
    assert "ask_age" in persian.catalogue.lacking("fa")


def test_a_file_that_may_not_be_read_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "messages.po"
    folder.mkdir()
    assert Translations(folder).get("a", "b") is None
    assert Translations(folder / "below.po").get("a", "b") is None
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert Translations(tmp_path / "file" / "below.po").get("a", "b") is None


def test_no_half_written_or_scrambled_file_is_an_error(tmp_path: Path) -> None:
    random = Random(1)
    raw = (ROOT / "locales" / "bn" / PO).read_bytes()[:6000]
    path = tmp_path / "messages.po"
    cut = [raw[:length] for length in range(0, len(raw), 40)]
    for _ in range(300):
        scrambled = bytearray(raw)
        for _ in range(random.randrange(1, 4)):
            scrambled[random.randrange(len(scrambled))] = random.choice(b'"\\\n#mn[]0 \xff')
        cut.append(bytes(scrambled))
    with structlog.testing.capture_logs() as logs:
        for spoilt in cut:
            path.write_bytes(spoilt)
            Translations(path).get("controls_question", "Back")
    assert {entry["event"] for entry in logs} <= {"catalogue.unreadable", "catalogue.broken_placeholder"}
    assert len(logs) > 100
