"""An officer is shown which other request may be of the same person, and both stay as they are."""

from __future__ import annotations

from pathlib import Path

from console_world import REFERENCE, make_world, send

from bot.store.database import transaction

OTHER, APART = "WXYZ-2345", "QRST-2345"


def test_a_request_with_the_same_number_is_named_on_both_pages(tmp_path: Path) -> None:
    world = make_world(tmp_path / "console")
    with transaction(world.engine) as session:
        send(session, world.settings, OTHER)
        number = {"way": "call", "number": "+66 81 000 0000", "time": "any", "style": []}
        send(session, world.settings, APART, contact=number)
    browser = world.sign_in()
    first, other, apart = (browser.get(f"/referrals/{code}").text for code in (REFERENCE, OTHER, APART))
    assert f'href="/referrals/{OTHER}"' in first
    assert f'href="/referrals/{REFERENCE}"' in other
    assert "Perhaps the same person" not in apart
    assert APART not in first
    world.engine.dispose()
