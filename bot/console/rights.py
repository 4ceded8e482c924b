"""Step 8 of the message's way, at the door: what each kind of officer may do, route by route.

The door is shut by default: a route whose name has no row here is refused to everybody. What a role may not do
answers like a page that does not exist. Rows say what kind of page may be asked for; that an officer sees the
referrals of their own office alone is the work of every page that finds one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What kind of officer it is."""

    OFFICER = "officer"  # the referrals of their own office
    LEAD = "lead"  # as an officer, and the office itself: its officers, settings, figures, transfers
    PROGRAMME = "programme"  # every office's lists and figures, never how to reach a person nor their words
    AUDITOR = "auditor"  # who did what, never what a referral holds
    ADMIN = "admin"  # offices, officers, languages; no referrals


EVERYONE = frozenset(Role)
CASEWORK = frozenset({Role.OFFICER, Role.LEAD})
LEADING = frozenset({Role.LEAD})
PEOPLE = frozenset({Role.LEAD, Role.ADMIN})
COUNTING = frozenset({Role.LEAD, Role.PROGRAMME})
RULING = CASEWORK | {Role.ADMIN, Role.PROGRAMME}  # who may read the criteria: they are published

# Routes that need no session, by name. All others need one, and a row in RIGHTS.
_DOOR = {"login", "enter", "invitation", "take_up", "healthz", "readyz", "style", "icon"}
OPEN = frozenset(_DOOR | {"ask_for_passkey", "enter_with_passkey", "passkey_script"})

RIGHTS: Mapping[str, frozenset[Role]] = {
    # Everybody's own
    "logout": EVERYONE,
    "language": EVERYONE,
    "me": EVERYONE,
    "end_session": EVERYONE,
    "renew_codes": EVERYONE,
    "begin_passkey": EVERYONE,
    "keep_passkey": EVERYONE,
    "drop_passkey": EVERYONE,
    # The queue and one referral
    "queue": CASEWORK,
    "search": CASEWORK,
    "referral": CASEWORK,
    "accept": CASEWORK,
    "wait": CASEWORK,
    "close": CASEWORK,
    "note": CASEWORK,
    "find": CASEWORK,
    "sheet": CASEWORK,
    "reply": CASEWORK,
    "phrase": CASEWORK,
    "take_over": CASEWORK,
    "hand_back": CASEWORK,
    "contacted": CASEWORK,
    "counselling": CASEWORK,
    "return": CASEWORK,
    "reveal": CASEWORK,
    "changes": CASEWORK,
    "dismiss": CASEWORK,
    "queue_script": CASEWORK,
    # The office
    "transfer": LEADING,
    "border": LEADING,
    "border_back": LEADING,
    "office": LEADING,
    "change_office": LEADING,
    # Figures
    "figures": COUNTING,
    "export_figures": COUNTING,
    # How it is set up
    "offices": frozenset({Role.ADMIN}),
    "one_office": frozenset({Role.ADMIN}),
    "change_one_office": frozenset({Role.ADMIN}),
    "place_office": frozenset({Role.ADMIN}),
    "office_map": frozenset({Role.ADMIN}),
    "criteria": RULING,
    "criteria_changes": RULING,
    "settings": frozenset({Role.ADMIN}),
    # Who did what
    "audit": frozenset({Role.AUDITOR}),
    # Officers
    "officers": PEOPLE,
    "invite": PEOPLE,
    "disable_officer": PEOPLE,
    "reset_officer": PEOPLE,
    "change_role": frozenset({Role.ADMIN}),
}

# The page an officer comes to after signing in, and when asking for "/". Each must be one the role may see.
HOME: Mapping[Role, str] = {
    Role.OFFICER: "/",
    Role.LEAD: "/",
    Role.PROGRAMME: "/figures",
    Role.AUDITOR: "/audit",
    Role.ADMIN: "/officers",
}


def role_of(name: str) -> Role | None:
    """The role kept under this name; None for a name that is no role of ours."""
    return next((role for role in Role if role == name), None)


def rights_of(role: Role | None) -> frozenset[str]:
    """The names of all routes that this role may ask for."""
    return frozenset(name for name, roles in RIGHTS.items() if role in roles)


def home_of(name: str) -> str:
    """The page that a role of this name starts from; the officer's own page for a name that is no role of ours."""
    role = role_of(name)
    return "/me" if role is None else HOME[role]
