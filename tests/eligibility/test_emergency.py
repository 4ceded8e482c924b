"""Step 5, checked: only numbers that somebody has reason to trust are given."""

from pathlib import Path

import pytest

from bot.eligibility import emergency_numbers, load_emergency_numbers

NUMBERS = load_emergency_numbers(Path(__file__).parents[2] / "criteria")


def test_thailand_in_the_order_of_the_file() -> None:
    found = [(number.kind, number.number) for number in emergency_numbers(NUMBERS, "TH")]
    assert found == [("police", "191"), ("ambulance", "1669"), ("trafficking", "1300")]


@pytest.mark.parametrize("country", ["AF", "IQ", "MM", "SY", "TO", "VU", "KI", "at_sea_or_unknown", "unsure"])
def test_numbers_of_low_confidence_and_unknown_places_give_none(country: str) -> None:
    assert emergency_numbers(NUMBERS, country) == ()


def test_nothing_of_low_confidence_is_left() -> None:
    everything = [number for country in NUMBERS for number in emergency_numbers(NUMBERS, country)]
    assert len(everything) > 50
    assert {number.confidence for number in everything} == {"high", "medium"}
