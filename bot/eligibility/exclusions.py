"""Step 5, decided: exclusions. Each is a clear answer that matches a published exclusion literally.

An unknown never becomes a "no": nothing here holds for an answer of unsure or declined. A function's
parameters are the questions whose answers it reads; `places` comes from `criteria/`.
"""

from collections.abc import Callable, Mapping

from bot.eligibility.places import Places


def outside_member_state(places: Places, country_now: str) -> bool:
    """In a country that is on no reading of the list of members."""
    return (
        country_now in places.countries
        and country_now not in places.members
        and country_now not in places.disputed
    )


def already_home(places: Places, country_now: str, origin: str) -> bool:
    """In the country to go back to. Said instead of `outside_member_state` when both hold."""
    return country_now == origin and country_now in places.countries


def third_country(destination: str) -> bool:
    """Wants to go to a country that is not their own."""
    return destination == "other_country"


def prison_sentence(held: str) -> bool:
    """Serving a prison sentence, not merely held."""
    return held == "prison_sentence"


def helped_before(helped_before: str) -> bool:
    """Has had the help of this very project."""
    return helped_before == "this_project"


def other_programme(other_programme: str) -> bool:
    """Accepted by, or in, another return programme."""
    return other_programme == "return_programme"


def unhcr_programme(other_programme: str, protection_status: str) -> bool:
    """A refugee whom UNHCR's own return programme helps."""
    return other_programme == "unhcr_return" and protection_status == "refugee"


EXCLUSIONS: Mapping[str, Callable[..., bool]] = {
    "outside_member_state": outside_member_state,
    "already_home": already_home,
    "third_country": third_country,
    "prison_sentence": prison_sentence,
    "helped_before": helped_before,
    "other_programme": other_programme,
    "unhcr_programme": unhcr_programme,
}
