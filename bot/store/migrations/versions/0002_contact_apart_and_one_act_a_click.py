"""Contact sealed apart; an officer's act once a form; events of which the office is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never a batch on "referral": SQLite would make the table anew, and its events would go with the old one.
    op.add_column("referral", sa.Column("contact", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("referral_event") as table:
        table.add_column(sa.Column("key", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("tell", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_unique_constraint(op.f("uq_referral_event_referral_id"), ["referral_id", "key"])
    with op.batch_alter_table("referral_event") as table:
        table.alter_column("tell", existing_type=sa.Boolean(), server_default=None)
        table.create_index(
            "ix_referral_event_tell",
            ["tell"],
            sqlite_where=sa.text("tell = true"),
            postgresql_where=sa.text("tell = true"),
        )


def downgrade() -> None:
    with op.batch_alter_table("referral_event") as table:
        table.drop_index("ix_referral_event_tell")
        table.drop_constraint(op.f("uq_referral_event_referral_id"), type_="unique")
        table.drop_column("tell")
        table.drop_column("key")
    op.drop_column("referral", "contact")
