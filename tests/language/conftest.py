"""A copy of all that is translated, for every test that spoils it."""

from __future__ import annotations

from pathlib import Path

import pytest
from words_copy import copied_words


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied_words(tmp_path)
