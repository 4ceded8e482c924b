"""A world to be killed in; the platforms are the very fakes that the channels are tested with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for channel in ("telegram", "whatsapp"):
    sys.path.append(str(Path(__file__).parents[1] / "channels" / channel))

from chaos_world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path) as made:
        yield made
