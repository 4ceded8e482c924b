"""Step 9, said: which languages there are, how each is written, and which of them are offered here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

SOURCE = "en"  # the language in which `domain.yml` is written
PSEUDO = "pseudo"  # the state of a made-up language (`bot.language.pseudo`), which stands in no file

Direction = Literal["ltr", "rtl"]
_STATES = ("off", "draft", "reviewed")
_DIRECTIONS: Mapping[str, Direction] = {"ltr": "ltr", "rtl": "rtl"}
_ASCII_DIGITS = "0123456789"
DIGITS: Mapping[str, str] = {  # CLDR numbering systems
    "latn": _ASCII_DIGITS,
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "beng": "০১২৩৪৫৬৭৮৯",
    "deva": "०१२३४५६७८९",
    "mymr": "၀၁၂၃၄၅၆၇၈၉",
}


class LanguagesError(Exception):
    """`locales/languages.yml` is wrong; the message names the language and what to do."""


@dataclass(frozen=True)
class Language:
    """One language of `locales/languages.yml`. `code` is the name of its folder under `locales/`."""

    code: str
    name: str
    script: str
    direction: Direction
    digits: str
    plural: str
    state: str
    reviewer: str | None
    date: str | None

    @property
    def tag(self) -> str:
        """The BCP 47 tag for `lang` attributes: `fa-AF` for `fa_AF`."""
        return self.code.replace("_", "-")

    def number(self, value: int) -> str:
        """A whole number in this language's digits."""
        return str(value).translate(str.maketrans(_ASCII_DIGITS, DIGITS[self.digits]))


def load_languages(path: Path) -> dict[str, Language]:
    """All languages of `path` by code, in the order of the file; `LanguagesError` names what is wrong."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or SOURCE not in raw:
        raise LanguagesError(f"{path.name} must map codes to languages, and `{SOURCE}` must be one of them.")
    return {str(code): _language(str(code), entry) for code, entry in raw.items()}


def _language(code: str, entry: Any) -> Language:
    if not isinstance(entry, dict):
        raise LanguagesError(f"languages.yml: {code} must be a mapping with name, script, direction…")
    missing = [key for key in ("name", "script", "direction", "digits", "plural", "state") if key not in entry]
    if missing:
        raise LanguagesError(f"languages.yml: {code} lacks {', '.join(missing)}; add it.")
    state = "off" if entry["state"] is False else entry["state"]  # YAML reads a bare `off` as false
    for key, value, allowed in (
        ("state", state, _STATES),
        ("direction", entry["direction"], tuple(_DIRECTIONS)),
        ("digits", entry["digits"], tuple(DIGITS)),
    ):
        if value not in allowed:
            raise LanguagesError(
                f"languages.yml: {code} has the {key} «{value}»; choose from {', '.join(allowed)}."
            )
    reviewer, date = entry.get("reviewer"), entry.get("date")
    if state == "reviewed" and not (reviewer and date):
        raise LanguagesError(f"languages.yml: {code} is reviewed, so it needs a reviewer and a date.")
    return Language(
        code=code,
        name=str(entry["name"]),
        script=str(entry["script"]),
        direction=_DIRECTIONS[entry["direction"]],
        digits=entry["digits"],
        plural=str(entry["plural"]),
        state=state,
        reviewer=reviewer,
        date=str(date) if date else None,
    )


def served(languages: Mapping[str, Language], listed: Sequence[str], *, demo: bool) -> tuple[str, ...]:
    """The codes that people are offered, in menu order. `listed` is the deployment's own list, or empty.

    A language that is off is never offered. A draft is offered in demo mode, or where the deployment lists it, a
    made-up one where a demonstration lists it. The source language is always there: every gap falls back to it.
    `LanguagesError` for a code that is unknown or may not be listed.
    """
    for code in listed:
        if code not in languages:
            raise LanguagesError(f"BOT_LANGUAGES names «{code}», which locales/languages.yml does not have.")
        if languages[code].state == "off":
            raise LanguagesError(f"BOT_LANGUAGES names {code}, which is off in locales/languages.yml.")
        if languages[code].state == PSEUDO and not demo:
            raise LanguagesError(f"BOT_LANGUAGES names {code}, which is made up and only for a demonstration.")
    if listed:
        codes = list(listed)
    else:
        offered = {"draft", "reviewed"} if demo else {"reviewed"}
        codes = [code for code, language in languages.items() if language.state in offered]
    return tuple(codes if SOURCE in codes else [SOURCE, *codes])
