"""Step 8 of the message's way, at the door: an officer's password and the code of their telephone."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

STEP_SECONDS = 30
STEPS_EITHER_SIDE = 1  # a telephone's clock may be this many steps off


@dataclass(frozen=True)
class Passwords:
    """argon2id, with a hash that nobody knows, so that an unknown login takes as long as a known one."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    nobody: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nobody", self.hasher.hash(secrets.token_hex()))

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self.hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether `password` is the one that was hashed.

        No hash (an unknown login, or one that has no password yet) never fits, and takes as long.
        """
        try:
            self.hasher.verify(kept or self.nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(kept)


def fitting_step(secret: str, code: str, after: int, at: datetime) -> int | None:
    """The 30-second step whose code this is, later than the step `after` that was used last; None when none."""
    digits = plain_digits("".join(character for character in code if not character.isspace()))
    now = int(at.replace(tzinfo=UTC).timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    fitting = None
    for step in range(now - STEPS_EITHER_SIDE, now + STEPS_EITHER_SIDE + 1):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode()) and step > after:
            fitting = step
    return fitting


def code_at(secret: str, at: datetime) -> str:
    """The code that a telephone shows at this moment (UTC)."""
    return pyotp.TOTP(secret).at(at.replace(tzinfo=UTC))


def plain_digits(typed: str) -> str:
    """`typed` with the digits of any script as 0 to 9."""
    return "".join(_digit(character) for character in typed)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
