"""Step 5, decided: doubts. A person at IOM must look, because the answers settle nothing.

A function's parameters are the questions whose answers it reads, or the fact `mixed_status`; `places` comes
from `criteria/`.
"""

from collections.abc import Callable, Mapping

from bot.eligibility.places import Places
from bot.eligibility.questions import AT_SEA_OR_UNKNOWN, DECLINED, UNSURE


def location_unknown(country_now: str) -> bool:
    """At sea, at a border, or nobody says where."""
    return country_now in {AT_SEA_OR_UNKNOWN, UNSURE, DECLINED}


def location_disputed(places: Places, country_now: str) -> bool:
    """The list of members can be read both ways for this country."""
    return country_now in places.disputed


def origin_unknown(origin: str) -> bool:
    """The country to go back to is not known."""
    return origin in {UNSURE, DECLINED}


def nationality(destination: str) -> bool:
    """Which country is the person's own is not plain."""
    return destination in {"several_nationalities", "no_proof_of_nationality", UNSURE, DECLINED}


def unhcr_first(protection_status: str) -> bool:
    """An open claim or a recognised refugee: UNHCR must be involved before any return."""
    return protection_status in {"pending", "refused_can_appeal", "refugee"}


def file_may_reopen(protection_status: str) -> bool:
    """A file closed because of a missed appointment can often be opened again."""
    return protection_status == "closed_missed"


def status_unknown(protection_status: str) -> bool:
    """Whether there is a claim, and what became of it, is not known."""
    return protection_status in {UNSURE, DECLINED}


def unhcr_programme_unclear(other_programme: str, protection_status: str) -> bool:
    """In UNHCR's return programme without being a refugee, by these answers."""
    return other_programme == "unhcr_return" and protection_status != "refugee"


def helped_before_other(helped_before: str) -> bool:
    """Helped by another project: the published rule speaks of this one only."""
    return helped_before == "other_project"


def helped_before_unknown(helped_before: str) -> bool:
    """IOM's own records must tell."""
    return helped_before in {UNSURE, DECLINED}


def situations_differ(mixed_status: bool) -> bool:
    """Several people apply together and each has a case of their own."""
    return mixed_status


def origin_suspended(places: Places, origin: str) -> bool:
    """On the deployment's list of origins that IOM cannot serve now."""
    return origin in places.suspended


DOUBTS: Mapping[str, Callable[..., bool]] = {
    "location_unknown": location_unknown,
    "location_disputed": location_disputed,
    "origin_unknown": origin_unknown,
    "nationality": nationality,
    "unhcr_first": unhcr_first,
    "file_may_reopen": file_may_reopen,
    "status_unknown": status_unknown,
    "unhcr_programme_unclear": unhcr_programme_unclear,
    "helped_before_other": helped_before_other,
    "helped_before_unknown": helped_before_unknown,
    "mixed_status": situations_differ,
    "origin_suspended": origin_suspended,
}
