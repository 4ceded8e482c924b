"""Step 5, decided: the five published routes into the programme.

A function's parameters are the questions whose answers it reads.
"""

from collections.abc import Callable, Mapping


def irregular_situation(protection_status: str, stay_permit: str) -> bool:
    """R1: no permission to stay, and no claim or one that the person withdrew."""
    return stay_permit == "no" and protection_status in {"none", "closed_withdrawn"}


def intercepted_in_transit(intercepted: str, protection_status: str) -> bool:
    """R2: stopped on the way to another country, with no claim and no registration."""
    return intercepted == "yes" and protection_status == "none"


def final_refusal(protection_status: str) -> bool:
    """R3: the final answer to the claim was no."""
    return protection_status == "refused_final"


def asylum_seeker(protection_status: str) -> bool:
    """R4: a claim that is not finally decided."""
    return protection_status in {"pending", "refused_can_appeal"}


def refugee(protection_status: str) -> bool:
    """R5: recognised as a refugee."""
    return protection_status == "refugee"


ROUTES: Mapping[str, Callable[..., bool]] = {
    "R1": irregular_situation,
    "R2": intercepted_in_transit,
    "R3": final_refusal,
    "R4": asylum_seeker,
    "R5": refugee,
}

# R4 and R5 are recorded for the office; UNHCR comes first for both, so they never lead there by themselves.
ROUTES_TO_LIKELY = frozenset({"R1", "R2", "R3"})
