"""Indexes along which the queue is walked, whatever the number of referrals, on SQLite and PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PROMISED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_referral_owed",
        "referral",
        ["office_id", "priority", "created_at"],
        sqlite_where=PROMISED,
        postgresql_where=PROMISED,
    )
    op.create_index(
        "ix_referral_language", "referral", ["office_id", "language", "open", "priority", "created_at"]
    )
    op.create_index("ix_referral_newest", "referral", ["office_id", "id"])
    op.create_index("ix_referral_changed", "referral", ["office_id", "open", "changed_at"])
    op.drop_index("ix_referral_mine", "referral")
    op.create_index("ix_referral_mine", "referral", ["office_id", "taken_by", "open", "priority", "created_at"])
    op.drop_index("ix_referral_office_id", "referral")


def downgrade() -> None:
    op.create_index("ix_referral_office_id", "referral", ["office_id"])
    op.drop_index("ix_referral_mine", "referral")
    op.create_index("ix_referral_mine", "referral", ["taken_by", "open", "priority", "created_at"])
    for name in ("changed", "newest", "language", "owed"):
        op.drop_index(f"ix_referral_{name}", "referral")
