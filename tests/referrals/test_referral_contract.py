"""What actions say a referral holds is what a referral may hold; and no migration loses its history."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from actions.consent import content_of
from actions.knowledge import Knowledge, load_knowledge
from actions.turn import Turn
from bot.referrals.content import CONTACT_PARTS, PARTS, seal_content
from bot.settings import ROOT
from bot.store.database import MIGRATIONS, open_database
from bot.store.sealing import new_office_keys

SLOTS = {
    "safe_to_talk": "yes",
    "free_choice": "yes",
    "country_now": "TH",
    "origin": "BD",
    "fear_of_return": "yes",
    "needs": ["health"],
    "adults": 2,
    "children": 1,
    "contact_way": "call",
    "contact_number": "+66 1",
    "contact_time": "any",
    "contact_name": "do_not_say_iom",
}
ROWS = """
INSERT INTO office VALUES ('TH-BKK', x'00', x'00', true, 3);
INSERT INTO consent VALUES (1, 'c', 'fa', 'w', '2026-01-01');
INSERT INTO referral VALUES
  (1, 'R', 'avrr', NULL, 'TH-BKK', 1, 'fa', 'new', true, false, NULL, x'00', '2026-01-01', '2026-01-01');
INSERT INTO referral_event VALUES (1, 1, '2026-01-01', 'sent', NULL, NULL, NULL)
"""


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load_knowledge(ROOT / "criteria", ROOT / "domain.yml")


@pytest.mark.parametrize("age", ["adult", "minor_without_parent"])
def test_what_actions_would_send_is_taken(known: Knowledge, age: str) -> None:
    content = content_of(Turn("affirm", 1.0, {}, "", (), SLOTS | {"age": age}, None), known)
    assert content.keys() <= PARTS
    assert content["contact"].keys() <= CONTACT_PARTS
    public, _ = new_office_keys(b"c" * 32)
    assert all(seal_content(public, content))


def test_the_second_migration_keeps_referrals_and_their_events(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in ROWS.split(";"):
            connection.execute(text(statement))
    for revision in ("0002", "0001", "0002"):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.upgrade if revision == "0002" else command.downgrade)(config, revision)
            assert connection.execute(text("SELECT act FROM referral_event")).scalars().all() == ["sent"]
            assert connection.execute(text("SELECT reference FROM referral")).scalars().all() == ["R"]
    engine.dispose()
