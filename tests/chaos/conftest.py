"""A world to be killed in; the platforms are the very fakes that the channels are tested with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "channels" / "telegram"))
sys.path.append(str(Path(__file__).parents[1] / "channels" / "whatsapp"))

from chaos_world import Nursery, World, new_world


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def world(tmp_path: Path, nursery: Nursery) -> Iterator[World]:
    with new_world(tmp_path, nursery) as made:
        yield made
