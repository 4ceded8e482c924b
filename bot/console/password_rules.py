"""Step 8 of the message's way, at the door: which password an officer may choose."""

from __future__ import annotations

import unicodedata
from typing import Literal

from zxcvbn import zxcvbn

WEAKEST_SCORE = 3  # of 0 to 4: out of reach for someone who has stolen the hashes and takes months
LONGEST = 200  # characters
JUDGED = 72  # characters: zxcvbn takes no more, and needs no more to say what a password is worth
SHORTEST_PART = 3  # letters of a name: shorter ones stand in many good passwords by chance

PasswordProblem = Literal["long", "contains_name", "weak"]


def problem_of(password: str, login: str, display_name: str) -> PasswordProblem | None:
    """Why this password will not do for an officer of this login and name; None when it will."""
    if len(password) > LONGEST:
        return "long"
    names = _parts(login) | _parts(display_name)
    if any(name in _plain(password) for name in names):
        return "contains_name"
    judged = zxcvbn(password[:JUDGED], user_inputs=sorted(names)) if password else {"score": 0}
    return "weak" if judged["score"] < WEAKEST_SCORE else None


def _parts(name: str) -> set[str]:
    """The whole name and every word of it that is long enough to be told from chance."""
    plain = _plain(name)
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return {part for part in (plain.strip(), *words) if len(part) >= SHORTEST_PART}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
