"""The indexes along which referrals are found: each list, count and search is a walk along one of them.

Part of `bot.store.models`. What is asked is in `bot.referrals.queue`, `duplicates` and `retention`.
"""

from __future__ import annotations

from sqlalchemy import Index, TextClause, text

OPEN_REFERRAL = text("open = true")
PROMISED = text("due_at IS NOT NULL")
MAY_CROSS = text("border_to IS NOT NULL")


def referral_indexes() -> tuple[Index, ...]:
    """New ones each time: an index belongs to one table. The first holds a person to one open referral."""
    return (
        _index("uq_referral_open", "person_id", "programme", only=OPEN_REFERRAL, unique=True),
        _index("ix_referral_queue", "office_id", "open", "priority", "created_at"),
        _index("ix_referral_state", "office_id", "status", "priority", "created_at"),
        _index("ix_referral_mine", "office_id", "taken_by", "open", "priority", "created_at"),
        _index("ix_referral_due", "office_id", "priority", "due_at", only=PROMISED),
        _index("ix_referral_owed", "office_id", "priority", "created_at", only=PROMISED),
        _index("ix_referral_language", "office_id", "language", "open", "priority", "created_at"),
        _index("ix_referral_newest", "office_id", "id"),
        _index("ix_referral_changed", "office_id", "open", "changed_at"),
        _index("ix_referral_border", "border_to", only=MAY_CROSS),
    )


def _index(name: str, *columns: str, only: TextClause | None = None, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)
