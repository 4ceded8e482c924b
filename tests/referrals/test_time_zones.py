from __future__ import annotations

from pathlib import Path

from console_settings import CONSOLE_KEY

from bot.eligibility import load_offices
from bot.referrals.offices import ensure_offices
from bot.referrals.time_zones import usual_zone, zones_at, zones_of
from bot.settings import ROOT
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Office


def test_a_country_with_one_time_zone_has_a_usual_one() -> None:
    assert (usual_zone("TH"), usual_zone("ID"), usual_zone("XX")) == ("Asia/Bangkok", None, None)
    assert "Asia/Makassar" in zones_of("ID")


def test_of_several_zones_an_office_has_that_of_the_city_nearest_to_it() -> None:
    expected = (
        ("ID", (-10.18, 123.61), "Asia/Makassar"),  # Kupang
        ("ID", (3.6, 98.67), "Asia/Jakarta"),  # Medan
        ("MY", (3.14, 101.69), "Asia/Kuala_Lumpur"),
        ("CN", (39.9, 116.41), "Asia/Shanghai"),
        ("NZ", (-41.29, 174.78), "Pacific/Auckland"),
        ("KI", (1.33, 172.98), "Pacific/Tarawa"),
        ("KI", (1.87, -157.4), "Pacific/Kiritimati"),
        ("XX", (0.0, 0.0), None),
    )
    found = zones_at({f"{at}": (country, place) for at, (country, place, _) in enumerate(expected)})
    assert [found[f"{at}"] for at in range(len(expected))] == [zone for _, _, zone in expected]


def test_every_listed_office_starts_in_a_zone_and_keeps_the_one_it_chose(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    migrate(engine)
    listed = load_offices(ROOT / "criteria")
    with transaction(engine) as session:
        ensure_offices(session, ["ID-KOE", "MY-KUL", "TH-BKK"], CONSOLE_KEY)
        session.get_one(Office, "MY-KUL").time_zone = "UTC"
        assert session.get_one(Office, "ID-KOE").time_zone is None
        assert ensure_offices(session, ["ID-KOE", "MY-KUL", "TH-BKK", "ID-JKT"], CONSOLE_KEY, listed) == ["ID-JKT"]
        zones = {
            name: session.get_one(Office, name).time_zone for name in ("ID-KOE", "MY-KUL", "TH-BKK", "ID-JKT")
        }
    engine.dispose()
    assert zones == {
        "ID-KOE": "Asia/Makassar", "MY-KUL": "UTC", "TH-BKK": "Asia/Bangkok", "ID-JKT": "Asia/Jakarta",
    }  # fmt: skip
