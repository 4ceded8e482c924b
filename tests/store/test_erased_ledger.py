"""The ledger of erasures: what it is told it knows, and it tells nobody else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from gateway_rig import settings_in
from structlog.testing import capture_logs

from bot.store.erased import Kind, Ledger, ledger_of

KEY = b"k" * 32
AT = datetime(2025, 12, 31, 23, 59)  # noqa: DTZ001 - as the tables keep it


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "home" / "erased", KEY)


@pytest.mark.parametrize("kind", ["person", "talk", "referral", "contact"])
def test_what_was_added_is_known_as_what_it_was(ledger: Ledger, kind: Kind) -> None:
    ledger.add(kind, ["one", "two"], AT)
    known = ledger.known()
    kinds: tuple[Kind, ...] = ("person", "talk", "referral", "contact")
    assert [one for one in kinds if ledger.holds(known, one, "two")] == [kind]
    assert len(known) == 2
    assert not ledger.holds(known, kind, "three")
    assert not ledger.holds(frozenset(), kind, "one")


def test_a_line_is_a_keyed_hash_of_kind_and_mark(ledger: Ledger) -> None:
    ledger.add("person", ["one"], AT)
    said = hmac.new(KEY, b"erased\0person\0one", hashlib.sha256).hexdigest()
    assert ledger.known() == {said}
    assert not replace(ledger, key=b"q" * 32).holds(ledger.known(), "person", "one")
    assert repr(KEY) not in repr(ledger)


def test_a_file_a_month_is_for_its_owner_alone_and_grows(ledger: Ledger) -> None:
    ledger.add("person", ["one"], AT)
    ledger.add("person", ["two"], AT)
    (file,) = ledger.folder.iterdir()
    assert file.name == "2025-12.log"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(ledger.known()) == 2


def test_nothing_to_add_writes_nothing_and_no_folder_knows_nothing(ledger: Ledger) -> None:
    ledger.add("referral", [], AT)
    assert not ledger.folder.exists()
    assert ledger.known() == frozenset()
    assert ledger.forget(AT) == 0


def test_what_no_ledger_wrote_is_passed_over(ledger: Ledger) -> None:
    ledger.add("person", ["one"], AT)
    (ledger.folder / "2025-11.log").write_bytes(
        b"\xff\xfe\n" + b"a" * 65 + b"\n" + b"a" * 63 + b"\n" + b"A" * 64 + b"\n " + b"a" * 64
    )
    (ledger.folder / "notes.txt").write_text("a" * 64)
    assert len(ledger.known()) == 1


def test_a_ledger_that_cannot_be_written_is_told_and_names_no_mark(ledger: Ledger) -> None:
    ledger.folder.parent.mkdir()
    ledger.folder.write_text("a file where the folder should be")
    with capture_logs() as logs:
        ledger.add("person", ["one", "two"], AT)
    assert logs == [{"event": "erased.unwritten", "rows": 2, "errno": 17, "log_level": "critical"}]


def test_a_month_is_forgotten_92_days_after_it_ended(ledger: Ledger) -> None:
    ledger.add("person", ["one"], AT)
    (ledger.folder / "2025.log").touch()
    (ledger.folder / "2025-01.log.old").touch()
    assert ledger.forget(datetime(2026, 4, 2, 23, 59)) == 0  # noqa: DTZ001
    assert len(ledger.known()) == 1
    (ledger.folder / "2025-11.log").touch()
    assert ledger.forget(datetime(2026, 4, 3)) == 2  # noqa: DTZ001
    assert sorted(file.name for file in ledger.folder.iterdir()) == ["2025-01.log.old", "2025.log"]


def test_what_another_process_has_forgotten_meanwhile_is_no_error(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "glob", lambda folder, _: iter([folder / "2025-01.log"]))
    assert ledger.forget(AT) == 1


def test_months_of_a_later_year_are_kept(ledger: Ledger) -> None:
    ledger.add("person", ["one"], datetime(2027, 1, 1))  # noqa: DTZ001
    ledger.add("person", ["one"], datetime(2026, 11, 1))  # noqa: DTZ001
    assert ledger.forget(datetime(2026, 12, 31)) == 0  # noqa: DTZ001


def test_the_ledger_of_an_installation_is_in_its_home_under_its_key_for_look_ups(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert ledger_of(settings) == Ledger(tmp_path / "erased", settings.lookup_key)
