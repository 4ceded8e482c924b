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

# Routes that need no session, by name. All others need one, and a row in RIGHTS.
OPEN = frozenset({"login", "enter", "invitation", "take_up", "healthz", "style"})

RIGHTS: Mapping[str, frozenset[Role]] = {
    # Everybody's own
    "logout": EVERYONE,
    "language": EVERYONE,
    "me": EVERYONE,
    "end_session": EVERYONE,
    "renew_codes": EVERYONE,
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
    "contacted": CASEWORK,
    "counselling": CASEWORK,
    "return": CASEWORK,
    "reveal": CASEWORK,
    "changes": CASEWORK,
    "dismiss": CASEWORK,
    "queue_script": CASEWORK,
    # The office
    "transfer": LEADING,
    "office": LEADING,
    "change_office": LEADING,
    # Figures
    "figures": COUNTING,
    "export_figures": COUNTING,
    # How it is set up
    "offices": frozenset({Role.ADMIN}),
    "criteria": frozenset({Role.ADMIN, Role.PROGRAMME}),
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
