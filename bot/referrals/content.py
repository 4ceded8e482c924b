"""Step 6 of the message's way: what a referral holds and nothing else, as sealed to the office that gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store.models import Office, Referral
from bot.store.sealing import OfficeKey, seal_to_office, unseal_at_office

# The whole of protection rule 29 and eligibility.md "Referrals"; a part that is not here is refused.
PARTS = frozenset(
    {
        "outcome",
        "reasons",
        "routes",
        "flags",
        "to_check",
        "answers",
        "adults",
        "children",
        "contact",
        "criteria_version",
        "needs",
        "special_need",
    }
)
CONTACT_PARTS = frozenset({"way", "number", "time", "style"})
DO_NOT_SAY_IOM = "do_not_say_iom"
WANTED = frozenset({"outcome", "answers", "criteria_version"})


class ContentError(Exception):
    """A referral holds too much or too little; the message names the parts, never what they say."""


@dataclass(frozen=True)
class Contact:
    """The safe-contact plan. `way`, `time`, `style`: codes; `number`: as the person gave it."""

    way: str | None
    number: str | None
    time: str | None
    style: tuple[str, ...]

    @property
    def neutral(self) -> bool:
        """Whether the person asked that nobody should say IOM to them."""
        return DO_NOT_SAY_IOM in self.style


@dataclass(frozen=True)
class Content:
    """A referral opened at its office. Codes are those of eligibility.md; `contact` is None once it is wiped."""

    outcome: str | None
    reasons: tuple[str, ...]
    routes: tuple[str, ...]
    flags: tuple[str, ...]
    to_check: tuple[str, ...]
    answers: Mapping[str, str]
    adults: int | None
    children: int | None
    criteria_version: str
    needs: tuple[str, ...]
    special_need: bool
    contact: Contact | None


@dataclass(frozen=True)
class Marks:
    """What a list shows of a referral's content."""

    outcome: str | None
    flags: tuple[str, ...]


def seal_content(public_key: bytes, content: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
    """The sealed content and, apart, the sealed contact; `ContentError` for a part unknown or missing."""
    contact = content.get("contact")
    unknown = (content.keys() - PARTS) | ((contact or {}).keys() - CONTACT_PARTS)
    missing = WANTED - content.keys()
    if unknown or missing:
        raise ContentError(f"A referral's content has parts unknown {sorted(unknown)}, missing {sorted(missing)}.")
    rest = {part: value for part, value in content.items() if part != "contact"}
    return seal_to_office(public_key, rest), None if contact is None else seal_to_office(public_key, contact)


def open_content(office: Office, console_key: bytes, referral: Referral) -> Content:
    """What `seal_content` was given; `SealError` when the key is another."""
    raw = unseal_at_office(office.private_key, console_key, referral.sealed)
    return Content(
        outcome=raw["outcome"],
        reasons=tuple(raw.get("reasons", ())),
        routes=tuple(raw.get("routes", ())),
        flags=tuple(raw.get("flags", ())),
        to_check=tuple(raw.get("to_check", ())),
        answers=raw["answers"],
        adults=raw.get("adults"),
        children=raw.get("children"),
        criteria_version=raw["criteria_version"],
        needs=tuple(raw.get("needs") or ()),
        special_need=bool(raw.get("special_need")),
        contact=open_contact(office, console_key, referral.contact),
    )


def open_marks(key: OfficeKey, referral: Referral) -> Marks:
    """What a list shows; how to reach the person stays shut. `SealError` when it is another office's key."""
    raw = key.unseal(referral.sealed)
    return Marks(raw["outcome"], tuple(raw.get("flags", ())))


def open_contact(office: Office, console_key: bytes, sealed: bytes | None) -> Contact | None:
    """How to reach the person, as sealed apart; None once it is wiped; `SealError` when the key is another."""
    if sealed is None:
        return None
    raw = unseal_at_office(office.private_key, console_key, sealed)
    return Contact(raw.get("way"), raw.get("number"), raw.get("time"), tuple(raw.get("style") or ()))
