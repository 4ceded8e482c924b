"""`bot doctor` says where people would read English, and why not when a file cannot be read."""

from __future__ import annotations

from pathlib import Path

import structlog
from gateway_rig import words_in

from bot.processes.checkup import words

PO = Path("locales", "fa", "LC_MESSAGES", "messages.po")


def wrong(root: Path, *listed: str) -> list[str]:
    with structlog.testing.capture_logs():
        return [f"{one.what}: {one.wrong}" for one in words(root, listed, demo=True) if one.wrong]


def test_a_language_with_gaps_is_named_and_a_made_up_one_has_none(tmp_path: Path) -> None:
    root = words_in(tmp_path)
    (found,) = wrong(root, "en", "fa", "ar_XB")
    assert found.startswith("words in fa: people read English in ")
    assert "`bot i18n check` says why" in found
    (root / PO).write_text('msgid "cut', encoding="utf-8")
    (worse,) = wrong(root, "fa")
    assert worse != found


def test_words_that_cannot_be_read_are_said_and_not_raised(tmp_path: Path) -> None:
    root = words_in(tmp_path)
    assert "BOT_LANGUAGES names «zz»" in wrong(root, "zz")[0]
    (root / "domain.yml").write_text("answers: {}", encoding="utf-8")
    assert "has no `responses:`" in wrong(root)[0]
