"""Alembic's way in: it runs on the connection that `bot.store.database.migrate` hands over."""

from alembic import context

from bot.store.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
