"""Step 5, decided: protection signs. Any one of them means that a person at IOM should talk with the person.

Source: the table of verdicts in the contract of the self-assessment; the published words of each are in
`criteria/signs.yml`. A function's parameters are the questions whose answers it reads, all of them answered.
"""

from collections.abc import Callable, Mapping

from bot.eligibility.questions import DECLINED, UNSURE


def unsafe_to_talk(safe_to_talk: str) -> bool:
    """The person is not alone, not free to write, or does not say that they are."""
    return safe_to_talk != "yes"


def wants_protection(protection_status: str) -> bool:
    """Wants to ask for asylum, or tried and could not."""
    return protection_status == "wants_to_ask"


def child(age: str) -> bool:
    """A child alone, or nobody knows that it is not one."""
    return age in {"minor_without_parent", UNSURE, DECLINED}


def child_one_parent(age: str) -> bool:
    """The other parent has a say, and somebody must ask for it."""
    return age == "minor_with_one_parent"


def not_free_choice(free_choice: str) -> bool:
    """The return would not be, or may not be, the person's own wish."""
    return free_choice != "yes"


def fear(fear_of_return: str) -> bool:
    """Afraid to go back, or not sure of not being afraid."""
    return fear_of_return != "no"


def exploited(exploitation: str) -> bool:
    """Papers kept, not free, or the person does not say."""
    return exploitation != "none"


def detained(held: str) -> bool:
    """Held without a sentence, or perhaps held."""
    return held in {"immigration_detention", "police_custody", UNSURE, DECLINED}


def wants_private_talk(private_talk: str) -> bool:
    """The person would rather talk to somebody after the notice about smuggling and trafficking."""
    return private_talk != "no"


SIGNS: Mapping[str, Callable[..., bool]] = {
    "unsafe_to_talk": unsafe_to_talk,
    "wants_protection": wants_protection,
    "child": child,
    "child_one_parent": child_one_parent,
    "not_free_choice": not_free_choice,
    "fear": fear,
    "exploitation": exploited,
    "detained": detained,
    "private_talk": wants_private_talk,
}
