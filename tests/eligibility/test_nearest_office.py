"""Step 5, checked: the office is in the person's own country, or gets in touch from a distance."""

from dataclasses import replace
from math import pi
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.eligibility import OfficeChoice, Offices, load_offices, nearest_office, offices_in, rounded
from bot.eligibility.office import _apart
from bot.eligibility.places import load_countries

CRITERIA = Path(__file__).parents[2] / "criteria"
OFFICES = load_offices(CRITERIA)
COUNTRIES = sorted(load_countries(CRITERIA))
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
# Johor Bahru, Mae Sot, Multan and Padang.
JOHOR = (1.4927, 103.7414)
MAE_SOT = (16.71, 98.57)
MULTAN = (30.1575, 71.5249)
PADANG = (-0.9471, 100.4172)
# On the Black Sea coast, nearer to Ankara than to Gaziantep only because degrees of longitude are short up there.
UNYE = (41.13, 37.28)


def short(choice: OfficeChoice) -> tuple[str, str, bool]:
    return choice.office.id, choice.why, choice.remote


def with_batam() -> Offices:
    """As if the office in Batam, across the strait from Johor, had been verified."""
    batam = replace(OFFICES.by_id["ID-BTH"], active=True, confidence="high")
    return replace(
        OFFICES,
        by_id={**OFFICES.by_id, "ID-BTH": batam},
        by_country={**OFFICES.by_country, "ID": (*OFFICES.by_country["ID"], batam)},
    )


def test_johor_is_nearer_to_batam_and_still_gets_kuala_lumpur() -> None:
    offices = with_batam()
    assert short(nearest_office(offices, "ID", point=JOHOR)) == ("ID-BTH", "nearest_in_country", False)
    assert short(nearest_office(offices, "MY", point=JOHOR)) == ("MY-KUL", "same_country", False)


def test_mae_sot_gets_its_own_office_and_not_the_one_across_the_border() -> None:
    assert short(nearest_office(OFFICES, "TH", point=MAE_SOT)) == ("TH-MSO", "nearest_in_country", False)
    without = nearest_office(OFFICES, "TH", point=MAE_SOT, inactive=frozenset({"TH-MSO"}))
    assert without.office.country == "TH"


@pytest.mark.parametrize(
    ("country", "point", "office"),
    [("PK", MULTAN, "PK-LHE"), ("ID", PADANG, "ID-PKU"), ("TR", UNYE, "TR-ANK"), ("NZ", None, "AU-CBR")],
)
def test_the_nearest_in_the_country(country: str, point: tuple[float, float] | None, office: str) -> None:
    assert nearest_office(OFFICES, country, point=point).office.id == office


def test_of_two_offices_the_nearer_one_is_named_and_an_office_that_moved_is_where_it_is_now() -> None:
    jakarta, pekanbaru = OFFICES.by_id["ID-JKT"], OFFICES.by_id["ID-PKU"]
    two = replace(OFFICES, by_country={"ID": (jakarta, pekanbaru)})
    assert short(nearest_office(two, "ID", point=PADANG)) == ("ID-PKU", "nearest_in_country", False)
    moved = nearest_office(two, "ID", point=PADANG, moved={"ID-JKT": PADANG})
    assert short(moved) == ("ID-JKT", "nearest_in_country", False)
    assert nearest_office(two, "ID", point=PADANG, moved={"ID-PKU": PADANG}).office == pekanbaru


@pytest.mark.parametrize(
    ("one", "other", "angle"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (90, 0), pi / 2),
        ((0, 0), (0, 90), pi / 2),
        ((0, -90), (0, 90), pi),
        ((60, 0), (60, 180), pi / 3),  # over the pole
        ((0, 179), (0, -179), pi / 90),  # over the line where the date changes
        ((50, 10), (51, 12), 0.02824),  # by the rule of cosines
    ],
)
def test_how_far_two_places_are_apart(one: tuple[float, float], other: tuple[float, float], angle: float) -> None:
    assert _apart(one, other) == _apart(other, one) == pytest.approx(angle, abs=5e-6)


@pytest.mark.parametrize(
    ("country", "office"), [("TH", "TH-BKK"), ("ID", "ID-JKT"), ("TR", "TR-ANK"), ("AF", "AF-KBL")]
)
def test_without_a_point_it_is_the_country_office(country: str, office: str) -> None:
    assert short(nearest_office(OFFICES, country)) == (office, "same_country", False)


def test_regional_offices_are_never_offered() -> None:
    assert OFFICES.by_id["TH-ROAP"].active
    bangkok = (13.7205, 100.529)
    assert nearest_office(OFFICES, "TH", point=bangkok).office.id == "TH-BKK"
    assert "TH-ROAP" not in {office.id for office in offices_in(OFFICES, "TH")}
    only_regional = nearest_office(OFFICES, "TH", inactive={office.id for office in offices_in(OFFICES, "TH")})
    assert short(only_regional) == ("TH-BKK", "default", True)


def test_offices_of_low_confidence_are_off() -> None:
    low = [office for office in OFFICES.by_id.values() if office.confidence == "low"]
    assert low
    assert not any(office.active for office in low)
    offered = {office.id for country in COUNTRIES for office in offices_in(OFFICES, country)}
    assert offered.isdisjoint(office.id for office in low)


@pytest.mark.parametrize(
    ("country", "office"),
    [("BT", "IN-DEL"), ("BN", "MY-KUL"), ("KP", "CN-BJS"), ("MO", "HK-HKG"), ("SG", "MY-KUL"), ("AE", "JO-AMM")],
)
def test_a_country_without_an_office_has_one_that_gets_in_touch(country: str, office: str) -> None:
    assert short(nearest_office(OFFICES, country, point=JOHOR)) == (office, "fallback", True)


def test_all_switched_off_then_fallback_then_bangkok() -> None:
    both = {"AU-CBR", "NZ-WLG"}
    assert short(nearest_office(OFFICES, "NZ")) == ("AU-CBR", "fallback", True)
    assert short(nearest_office(OFFICES, "NZ", inactive=both)) == ("TH-BKK", "default", True)
    assert short(nearest_office(OFFICES, "MY", inactive={"MY-KUL"})) == ("TH-BKK", "default", True)


@pytest.mark.parametrize("country", ["at_sea_or_unknown", "unsure", "declined", "LY", "NC"])
def test_nowhere_known_or_no_office_is_bangkok_from_a_distance(country: str) -> None:
    assert short(nearest_office(OFFICES, country, point=MULTAN)) == ("TH-BKK", "default", True)


@given(
    st.sampled_from(COUNTRIES), st.none() | POINTS, st.sets(st.sampled_from(sorted(OFFICES.by_id)), max_size=60)
)
def test_an_office_that_can_be_visited_is_never_across_a_border(
    country: str, point: tuple[float, float] | None, inactive: set[str]
) -> None:
    choice = nearest_office(OFFICES, country, point=point, inactive=inactive)
    assert choice.remote == (choice.why in {"fallback", "default"})
    if not choice.remote:
        assert choice.office.country == country
        assert choice.office in offices_in(OFFICES, country, inactive)
    else:
        assert offices_in(OFFICES, country, inactive) == ()
    if choice.why != "default":
        assert choice.office.active
        assert choice.office.id not in inactive


@given(POINTS)
def test_a_point_is_kept_to_a_tenth_of_a_degree_and_decides_the_same(point: tuple[float, float]) -> None:
    kept = rounded(point)
    assert rounded(kept) == kept
    assert all(abs(was - now) <= 0.0501 for was, now in zip(point, kept, strict=True))
    assert nearest_office(OFFICES, "PK", point=kept) == nearest_office(OFFICES, "PK", point=point)


def test_minus_zero_is_zero() -> None:
    assert str(rounded((-0.04, -0.01))) == "(0.0, 0.0)"


@pytest.mark.parametrize("point", [(91.0, 0.0), (0.0, 180.5), (float("nan"), 0.0), (0.0, float("inf"))])
def test_a_point_that_is_nowhere_is_refused(point: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"^a point must be a latitude from -90 to 90"):
        rounded(point)
