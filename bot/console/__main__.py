"""Step 8 of the message's way, started: the console process, `python -m bot.console`."""

from __future__ import annotations

import uvicorn

from bot.console.app import create_app
from bot.settings import read_settings
from bot.store.database import open_database, transaction
from bot.store.key_check import check_keys

GRACE_SECONDS = 5  # for requests under way when the process is asked to stop


def main() -> None:
    """Serve the console on the staff network until asked to stop."""
    settings = read_settings(console=True)
    database = open_database(settings.database_url)
    with transaction(database) as session:
        check_keys(session, settings, "console")
    app = create_app(settings, database)
    uvicorn.run(
        app,
        host=settings.console_host,
        port=settings.console_port,
        access_log=False,  # its lines hold reference codes
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
