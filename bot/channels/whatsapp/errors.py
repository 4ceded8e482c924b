"""Step 9 on WhatsApp: what each of Meta's error codes means for a message: now, later, another way, or never.

Codes: Meta, "Cloud API error codes"; those of an account hold up everybody, those of a pair one person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Meaning = Literal["pause", "pair", "window", "never", "refused", "template", "again"]

PAIR = 6.0  # seconds between two messages to the same person
_PERMISSIONS = range(200, 300)


@dataclass(frozen=True)
class Fault:
    """`pause`: nothing is sent to anybody for `seconds`; `pair`: to this person. `operator`: can put it right."""

    meaning: Meaning
    seconds: float = 0
    operator: bool = False


_ACCESS = Fault("pause", 60, operator=True)  # the token has expired or may not do this
_BLOCKED = Fault("pause", 300, operator=True)  # the account or the number is blocked, unpaid or unregistered
_TOO_FAST = Fault("pause", 10)
_SPAM = Fault("pause", 600, operator=True)  # too many people blocked or reported us
_NEVER = Fault("never")
_REFUSED = Fault("refused")
_TEMPLATE = Fault("template")

FAULTS: dict[int, Fault] = {
    **dict.fromkeys((0, 3, 10, 190, 131005), _ACCESS),
    **dict.fromkeys((4, 80007, 130429, 133016), _TOO_FAST),
    131048: _SPAM,
    131056: Fault("pair", PAIR),
    131047: Fault("window"),
    **dict.fromkeys((368, 131031, 131037, 131042, 131045, 133010), _BLOCKED),
    **dict.fromkeys((130472, 130497, 131021, 131026, 131030, 131049, 131050, 131062), _NEVER),
    **dict.fromkeys((33, 100, 131008, 131009, 131051, 131052, 131053), _REFUSED),
    **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069), _TEMPLATE),
}
_STATUS_FAULTS = {401: _ACCESS, 403: _ACCESS, 413: _REFUSED, 429: _TOO_FAST}


def fault_of(code: int | None, status: int) -> Fault:
    """The fault of an answer: by Meta's `code`, else by HTTP's `status`; what is not known is tried again."""
    if code in FAULTS:
        return FAULTS[code]
    if code in _PERMISSIONS:
        return _ACCESS
    return _STATUS_FAULTS.get(status, Fault("again"))


def receipt_state(code: int) -> tuple[Literal["later", "window", "failed"], float]:
    """What becomes of a message that was taken and then not delivered: its state, and seconds to wait."""
    fault = fault_of(code, 0)
    match fault.meaning:
        case "window":
            return "window", 0
        case "pair" | "pause":
            return "later", max(fault.seconds, PAIR)
        case _:
            return "failed", 0
