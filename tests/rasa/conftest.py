"""One trained model for all whole talks: Rasa and the actions, started once on free ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from player import Player

from bot.language.catalogue import Catalogue, load_catalogue
from bot.processes import engine as processes
from bot.processes.engine import Engine
from bot.settings import ROOT


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with processes.running_engine(tmp_path_factory.mktemp("engine"), print) as running:
        yield running


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT)


@pytest.fixture(scope="session")
def way() -> dict[str, tuple[Any, ...]]:
    """The states on the plain way, by question: a turn depends on its state alone."""
    return {}


@pytest.fixture
def person(trained: Engine, catalogue: Catalogue, way: dict[str, tuple[Any, ...]]) -> Player:
    return Player(trained, catalogue, way=way)
