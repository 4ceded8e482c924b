"""A person's second name on a channel, as a hash; what became of a message after the platform took it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never a batch on "person": SQLite would make the table anew, and all that hangs on it would go with the old one.
    op.add_column("person", sa.Column("other_key", sa.String(length=64), nullable=True))
    op.create_index("uq_person_other_key", "person", ["channel", "other_key"], unique=True)
    op.add_column("outgoing", sa.Column("reached", sa.String(length=9), nullable=True))
    op.create_index("ix_outgoing_provider_id", "outgoing", ["provider_id"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_provider_id", "outgoing")
    op.drop_column("outgoing", "reached")
    op.drop_index("uq_person_other_key", "person")
    op.drop_column("person", "other_key")
