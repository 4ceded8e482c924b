"""Step 8 of the message's way, started: the console process, `python -m bot.console`."""

from __future__ import annotations

import uvicorn

from bot.console.app import create_app
from bot.settings import read_settings
from bot.store.database import open_database

GRACE_SECONDS = 5  # for requests under way when the process is asked to stop


def main() -> None:
    """Serve the console on the staff network until asked to stop."""
    settings = read_settings(console=True)
    app = create_app(settings, open_database(settings.database_url))
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
