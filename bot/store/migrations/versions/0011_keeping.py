"""A person's mark for the ledger of erasures; an office's days of keeping; values that tell a wrong key."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never a batch on "person": SQLite would make the table anew, and all that hangs on it would go.
    op.add_column("person", sa.Column("mark", sa.String(length=32), nullable=False, server_default=""))
    op.execute("UPDATE person SET mark = conversation")
    op.add_column("office", sa.Column("kept_days", sa.Integer(), nullable=False, server_default="30"))
    op.create_table(
        "key_check",
        sa.Column("setting", sa.String(length=32), nullable=False),
        sa.Column("process", sa.String(length=16), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("setting", "process", name=op.f("pk_key_check")),
    )


def downgrade() -> None:
    op.drop_table("key_check")
    op.drop_column("office", "kept_days")
    op.drop_column("person", "mark")
