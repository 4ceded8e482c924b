"""Step 8 of the message's way, at the door: codes on paper that stand in for a lost telephone, each once."""

from __future__ import annotations

import secrets

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from bot.console.passwords import plain_digits
from bot.store.models import RecoveryCode
from bot.store.sealing import each_key, lookup_hash

CODES = 10
# Digits alone: every keyboard has them. They stand beside the password, and the door slows guessing down.
DIGITS = "0123456789"
LENGTH, GROUP = 12, 4  # digits, written in groups


def new_codes(session: Session, console_key: bytes, officer_id: int) -> list[str]:
    """Ten codes, known at this moment only; those that the officer had before are worth nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id))
    newest = each_key(console_key)[0]
    made = ["".join(secrets.choice(DIGITS) for _ in range(LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(officer_id=officer_id, key=_key(newest, officer_id, one)) for one in made)
    return ["-".join(one[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for one in made]


def use_code(session: Session, console_key: bytes, officer_id: int, typed: str) -> bool:
    """Whether this is a code of the officer that was not used yet; it is used now."""
    bare = plain_digits("".join(character for character in typed if not character.isspace() and character != "-"))
    if len(bare) != LENGTH:
        return False
    keys = [_key(one, officer_id, bare) for one in each_key(console_key)]
    used = session.execute(
        delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id, RecoveryCode.key.in_(keys))
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def codes_left(session: Session, officer_id: int) -> int:
    """How many codes the officer can still use."""
    count = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.officer_id == officer_id)
    return session.scalar(count) or 0


def _key(console_key: bytes, officer_id: int, bare: str) -> str:
    return lookup_hash(console_key, "recovery", str(officer_id), bare)
