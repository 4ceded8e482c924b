"""An office's working hours, holidays and daily reminder; until when each referral was promised an answer."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

USUAL_HOURS = "09:00-17:00 09:00-17:00 09:00-17:00 09:00-17:00 09:00-17:00 - -"
PROMISED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    # Never a batch on "referral" or "office": SQLite would make the table anew, and what hangs on it would go.
    op.add_column("office", sa.Column("hours", sa.String(length=96), nullable=False, server_default=USUAL_HOURS))
    op.add_column("office", sa.Column("holidays", sa.Text(), nullable=False, server_default=""))
    op.add_column("office", sa.Column("time_zone", sa.String(length=64), nullable=True))
    op.add_column("office", sa.Column("digest_to", sa.String(length=254), nullable=True))
    op.add_column("office", sa.Column("digest_language", sa.String(length=16), nullable=True))
    op.add_column("office", sa.Column("digest_at", sa.DateTime(), nullable=True))
    op.add_column("referral", sa.Column("due_at", sa.DateTime(), nullable=True))
    _promise_those_that_wait()
    op.create_index("ix_referral_state", "referral", ["office_id", "status", "priority", "created_at"])
    op.create_index("ix_referral_mine", "referral", ["taken_by", "open", "priority", "created_at"])
    op.create_index(
        "ix_referral_due",
        "referral",
        ["office_id", "priority", "due_at"],
        sqlite_where=PROMISED,
        postgresql_where=PROMISED,
    )


def _promise_those_that_wait() -> None:
    """A new referral gets the days its office meant to take, and two more for a weekend."""
    referral = sa.table("referral", sa.column("id"), sa.column("office_id"), sa.column("status"),
                        sa.column("created_at", sa.DateTime()), sa.column("due_at", sa.DateTime()))  # fmt: skip
    office = sa.table("office", sa.column("id"), sa.column("answer_days"))
    waiting = (
        sa.select(referral.c.id, referral.c.created_at, office.c.answer_days)
        .join(office, office.c.id == referral.c.office_id)
        .where(referral.c.status == "new")
    )
    connection = op.get_bind()
    for row in connection.execute(waiting).all():
        due = row.created_at + timedelta(days=row.answer_days + 2)
        connection.execute(sa.update(referral).where(referral.c.id == row.id).values(due_at=due))


def downgrade() -> None:
    for name in ("due", "mine", "state"):
        op.drop_index(f"ix_referral_{name}", "referral")
    op.drop_column("referral", "due_at")
    for name in ("digest_at", "digest_language", "digest_to", "time_zone", "holidays", "hours"):
        op.drop_column("office", name)
