"""The channel in a rig of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_rig import Rig, telegram


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with telegram(tmp_path) as made:
        yield made
