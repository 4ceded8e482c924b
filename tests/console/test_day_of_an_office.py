"""A day of an office and some after: two officers and a lead at their desks at once, and people writing to them.

Every numbered step looks at what is on the screen, in the language of whoever sits there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from office_day import Day, new_day
from office_evening import after_the_weekend, all_is_on_record, looked_back, shut_and_open, tidied_up
from office_morning import against_the_plan, in_their_language, morning, two_at_once
from office_noon import in_place_of_the_bot, over_the_border, to_another_office, what_was_found, with_care
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def day(tmp_path: Path, chromium: Browser) -> Iterator[Day]:
    yield from new_day(tmp_path / "home", chromium)


def test_a_day_of_an_office(
    day: Day, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    morning(day)
    two_at_once(day)
    against_the_plan(day)
    in_their_language(day)
    what_was_found(day)
    with_care(day)
    in_place_of_the_bot(day)
    to_another_office(day)
    over_the_border(day)
    tidied_up(day)
    looked_back(day)
    shut_and_open(day)
    after_the_weekend(day)
    all_is_on_record(day, monkeypatch, capsys, tmp_path)
