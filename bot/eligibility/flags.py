"""Step 5, decided: flags, which tell the office what to prepare and never change the outcome."""

from collections.abc import Collection, Mapping

from bot.eligibility.questions import DECLINED, UNSURE

_UNHCR_STATUSES = frozenset(
    {"wants_to_ask", "pending", "refused_can_appeal", "refugee", "closed_missed", UNSURE, DECLINED}
)
_PRIORITY_SIGNS = frozenset({"child", "child_one_parent", "exploitation", "detained"})


def flags_for(
    answers: Mapping[str, str],
    signs: Collection[str],
    *,
    several_people: bool,
    special_need: bool,
) -> tuple[str, ...]:
    """The flags that hold for the answers given so far, sorted."""
    held = {
        "child": "child" in signs,
        "safety": answers.get("exploitation") == "not_free" or answers.get("safe_to_talk") == "no",
        "trained_worker": answers.get("exploitation", "none") != "none",
        "unhcr": answers.get("fear_of_return", "no") != "no"
        or answers.get("protection_status") in _UNHCR_STATUSES,
        "family": several_people or answers.get("age") == "minor_with_both_parents",
        "check_other_programme": answers.get("other_programme") in {UNSURE, DECLINED},
        "priority": special_need or not _PRIORITY_SIGNS.isdisjoint(signs),
    }
    return tuple(sorted([flag for flag, holds in held.items() if holds]))
