"""The platform's id of a person's own message, by which it can be taken off the screen when they leave."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incoming", sa.Column("provider_id", sa.String(length=128), nullable=True))


def downgrade() -> None:
    op.drop_column("incoming", "provider_id")
