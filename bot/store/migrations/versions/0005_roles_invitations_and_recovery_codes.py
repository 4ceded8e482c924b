"""What an officer may do; invitations to sign in for the first time; codes for a lost telephone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Never a batch on "officer": SQLite would make the table anew, and the sessions would go with the old one.
    op.add_column("officer", sa.Column("role", sa.String(length=16), nullable=False, server_default="officer"))
    op.create_table(
        "invitation",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_invitation_officer_id_officer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_recovery_code_officer_id_officer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("officer_id", "key", name=op.f("uq_recovery_code_officer_id")),
    )


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("invitation")
    op.drop_column("officer", "role")
