"""An officer may take the talk over from the bot; a move over a border waits for the person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MAY_CROSS = sa.text("border_to IS NOT NULL")
COLUMNS = (
    ("talk_by", sa.Integer()),
    ("talk_at", sa.DateTime()),
    ("border_to", sa.String(length=16)),
    ("border_by", sa.Integer()),
    ("border_at", sa.DateTime()),
    ("border_yes_at", sa.DateTime()),
)


def upgrade() -> None:
    # Never a batch on "referral": SQLite would make the table anew, and its events would go with the old one. So
    # these columns have no foreign keys, which SQLite cannot add; officers and offices are never deleted.
    for name, kind in COLUMNS:
        op.add_column("referral", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_referral_border", "referral", ["border_to"], sqlite_where=MAY_CROSS, postgresql_where=MAY_CROSS
    )


def downgrade() -> None:
    op.drop_index("ix_referral_border", "referral")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("referral", name)
