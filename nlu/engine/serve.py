"""Step 3, Rasa's process: the trained model behind the turn channel, and nothing of Rasa that no turn needs.

`python -m nlu.engine.serve --interface HOST --port PORT --model FILE`, from the project's root. It is what
`rasa run` does with the same `endpoints.yml` and `credentials.yml`, without the command line, the training and
the HTTP API of Rasa, whose imports take longer than all the rest. It does not listen before the model is loaded.
"""

from __future__ import annotations

import argparse
import gc
import logging
from pathlib import Path
from typing import Any

from nlu.engine.put_off import put_off_all

_ENDPOINTS, _CREDENTIALS = Path("endpoints.yml"), Path("credentials.yml")


def main() -> None:
    """Serves turns until stopped; ends at once, and says why, when the model cannot be loaded."""
    parser = argparse.ArgumentParser(description="Takes turns with a trained model.")
    parser.add_argument("--interface", required=True, metavar="HOST", help="where to listen: 127.0.0.1")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--model", required=True, type=Path, metavar="FILE", help="the trained model")
    given = parser.parse_args()
    put_off_all()
    _say_little()
    # Neither a log of each request nor Sanic's picture; Rasa's own kind of loop, and one process of it.
    application(given.model).run(given.interface, given.port, access_log=False, motd=False)


def application(model: Path) -> Any:
    """The Sanic application; the model is loaded when it starts."""
    from rasa.core.channels.channel import register  # noqa: PLC0415  # slow, and only after `put_off_all`
    from rasa.core.constants import DEFAULT_KEEP_ALIVE_TIMEOUT  # noqa: PLC0415
    from rasa.shared.utils.io import read_config_file  # noqa: PLC0415
    from sanic import Sanic  # noqa: PLC0415

    from nlu.engine.turn import TurnChannel  # noqa: PLC0415

    (credentials,) = read_config_file(_CREDENTIALS).values()
    app = Sanic("turns", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = DEFAULT_KEEP_ALIVE_TIMEOUT
    register([TurnChannel.from_credentials(credentials)], app, route="/webhooks/")

    @app.before_server_start
    async def load(_app: Sanic, _loop: Any) -> None:
        app.ctx.agent = agent_on(model)

    @app.after_server_stop
    async def close(_app: Sanic, _loop: Any) -> None:
        await app.ctx.agent.action_endpoint.close()

    return app


def agent_on(model: Path) -> Any:
    """Rasa's agent on the model, with what `endpoints.yml` names."""
    from rasa.core.lock_store import LockStore  # noqa: PLC0415  # as in `application`
    from rasa.core.tracker_store import TrackerStore  # noqa: PLC0415
    from rasa.core.utils import AvailableEndpoints  # noqa: PLC0415
    from rasa.shared.utils.io import read_config_file  # noqa: PLC0415

    from nlu.engine.calls import Actions, check_answers_once  # noqa: PLC0415
    from nlu.engine.loaded import TurnAgent  # noqa: PLC0415
    from nlu.engine.spared import spare  # noqa: PLC0415

    endpoints = AvailableEndpoints.read_endpoints(str(_ENDPOINTS))
    agent = TurnAgent(
        generator=endpoints.nlg,
        tracker_store=TrackerStore.create(endpoints.tracker_store),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=Actions(**read_config_file(_ENDPOINTS)["action_endpoint"]),
    )
    check_answers_once()
    spare()
    agent.load_model(model)
    # What is loaded stays: the garbage collector need not look through it again at every turn.
    gc.collect()
    gc.freeze()
    return agent


def _say_little() -> None:
    """Warnings and errors only, as Rasa writes them with `--quiet`."""
    from rasa.utils.common import configure_logging_and_warnings, update_sanic_log_level  # noqa: PLC0415
    from rasa.utils.io import configure_colored_logging  # noqa: PLC0415
    from rasa.utils.log_utils import configure_structlog  # noqa: PLC0415

    configure_logging_and_warnings(logging.WARNING, warn_only_once=True, filter_repeated_logs=True)
    configure_colored_logging(logging.WARNING)
    configure_structlog(logging.WARNING)
    update_sanic_log_level()


if __name__ == "__main__":
    main()
