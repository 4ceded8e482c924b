"""Step 9, said: all words of one product, English from its sources and each language from its `.po` file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from yaml import YAMLError

from bot.eligibility import Offices, load_offices, load_programme
from bot.language.english import Response, ResponsesError, load_responses
from bot.language.languages import SOURCE, Language, load_languages
from bot.language.pseudo import pseudo, pseudo_languages
from bot.language.translations import Translations

log = structlog.get_logger(__name__)


@dataclass
class Catalogue:
    """Look-up of words by language, context (a response's name) and English. Made by `load_catalogue`.

    `gaps` counts, by language and context, how often English stood in for a missing translation.
    """

    domain: Path
    locales: Path
    languages: dict[str, Language]
    criteria: dict[str, str]  # criterion id -> its published English words
    offices: Offices
    gaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    _responses: dict[str, Response] = field(default_factory=dict)
    _stamp: tuple[int, int] | None = None
    _translations: dict[str, Translations] = field(default_factory=dict)

    def responses(self) -> dict[str, Response]:
        """The English responses; `domain.yml` is read again when it changes, and a spoilt one is not taken up."""
        status = self.domain.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            try:
                self._responses = load_responses(self.domain)
            except (ResponsesError, YAMLError) as error:
                if self._stamp is None:
                    raise
                log.error("domain.unreadable", error=type(error).__name__)  # noqa: TRY400 - its words stay out of logs
            self._stamp = stamp
        return self._responses

    def response(self, name: str) -> Response:
        """The English response `name`; `ResponsesError` if `domain.yml` has none."""
        try:
            return self.responses()[name]
        except KeyError:
            raise ResponsesError(f"domain.yml has no response {name}; add it under `responses:`.") from None

    def language(self, code: str | None) -> Language:
        """The language `code`; the source language for None and for a code that is not known."""
        return self.languages.get(code or SOURCE) or self.languages[SOURCE]

    def translate(self, language: str, context: str, msgid: str) -> str:
        """`msgid` in `language`, else in the one it overlays (`fa` for `fa_AF`), else as it is: never an error."""
        found = self.find(language, context, msgid)
        if found is not None:
            return found
        if language.partition("_")[0] != SOURCE and msgid:
            if not self.gaps[(language, context)]:
                log.warning("catalogue.gap", language=language, response=context)
            self.gaps[(language, context)] += 1
        return msgid

    def find(self, language: str, context: str, msgid: str) -> str | None:
        """The translation of `msgid`, or None; a gap is not counted."""
        made_up = pseudo(language)
        if made_up is not None:
            return made_up(msgid)
        for code in overlays(language):
            found = self._of(code).get(context, msgid)
            if found is not None:
                return found
        return None

    def lacking(self, language: str) -> list[str]:
        """The names of the responses of which something is said in English, since `language` has no good words."""
        return [
            name
            for name, one in self.responses().items()
            if any(words and self.find(language, name, words) is None for words in (one.text, *_titles(one)))
        ]

    def _of(self, code: str) -> Translations:
        if code not in self._translations:
            self._translations[code] = Translations(self.locales / code / "LC_MESSAGES" / "messages.po")
        return self._translations[code]


def has_words(catalogue: Catalogue, language: str) -> bool:
    """Whether people's words are translated into `language`, or into the one it overlays."""
    files = (catalogue.locales / code / "LC_MESSAGES" / "messages.po" for code in overlays(language))
    return any(file.exists() for file in files)


def _titles(response: Response) -> tuple[str, ...]:
    return tuple(button.title for button in response.buttons)


def overlays(language: str) -> tuple[str, ...]:
    """Where the words of `language` are looked for, in order: `("fa_AF", "fa")` for `fa_AF`."""
    base = language.partition("_")[0]
    return (language,) if base == language else (language, base)


def load_catalogue(root: Path) -> Catalogue:
    """The catalogue over `domain.yml`, `criteria/` and `locales/` in `root`; errors name the file and fault."""
    programme = load_programme(root / "criteria")
    languages = load_languages(root / "locales" / "languages.yml")
    catalogue = Catalogue(
        domain=root / "domain.yml",
        locales=root / "locales",
        languages={**languages, **pseudo_languages(languages)},
        criteria={code: criterion.words for code, criterion in programme.criteria.items()},
        offices=load_offices(root / "criteria"),
    )
    catalogue.responses()
    return catalogue
