"""Step 8 of the message's way: numbers, moments and names of languages, written as an officer's language does."""

from __future__ import annotations

from datetime import UTC, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from bot.language.catalogue import overlays
from bot.language.languages import DIGITS, SOURCE, Language

_DAY, _TIME = "yMMMd", "Hm"  # CLDR skeletons: a day with the month in letters, hours and minutes of 24


class Figures:
    """The writing of figures in one language of `locales/languages.yml`."""

    def __init__(self, language: Language) -> None:
        self._locale = _locale(language.code)
        self._digits = str.maketrans(DIGITS["latn"], DIGITS[language.digits])

    def number(self, value: int) -> str:
        """A count."""
        return format_decimal(value, locale=self._locale).translate(self._digits)

    def moment(self, at: datetime) -> str:
        """A day and time; `at` is UTC without an offset, and the words say that it is UTC."""
        utc = at.replace(tzinfo=UTC)
        day, time = (format_skeleton(one, utc, locale=self._locale) for one in (_DAY, _TIME))
        whole = str(self._locale.datetime_formats["medium"]).format(time, day)
        return f"{whole} UTC".translate(self._digits)

    def language_name(self, code: str) -> str:
        """What the language `code` is called; its code when CLDR has no name for it."""
        names = (self._locale.languages.get(one) for one in overlays(code))
        return next((name for name in names if name), code)


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):  # a language without CLDR's figures has those of English
        return Locale.parse(SOURCE)
