"""Step 8 of the message's way: the console's pages, rendered in the languages it has been translated into."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.console.bars import bars
from bot.console.figures import Figures
from bot.language.console_words import CATALOGUE, DRAFT, same_places
from bot.language.languages import SOURCE, Language
from bot.language.translations import Translations

HTML = Path(__file__).parent / "html"
KEY_BYTES = 16


class Translated(NullTranslations):
    """A `console.po` as gettext wants it; what is missing, unsure or has other places there stays English."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._words = Translations(path)

    def gettext(self, message: str) -> str:
        """The translation, else the English."""
        return self.pgettext("", message)

    def pgettext(self, context: str, message: str) -> str:
        """The translation of `message` in the sense that `context` names, else the English."""
        found = self._words.get(context, message)
        return found if found is not None and same_places(message, found) else message


@dataclass(frozen=True)
class Pages:
    """One template environment a language; English is always there, first. `drafts`: not yet reviewed."""

    languages: Mapping[str, Language]
    environments: Mapping[str, Environment]
    drafts: frozenset[str]

    def language_for(self, wished: str | None) -> str:
        """The language in which a page is shown to someone who wishes this one."""
        return wished if wished in self.environments else SOURCE  # type: ignore[return-value]

    def render(self, language: str, name: str, **values: Any) -> str:
        """The page's text. Everything shown is escaped; a value that is missing is an error."""
        return (
            self.environments[language]
            .get_template(name)
            .render(
                language=self.languages[language],
                languages=self.languages.values(),
                is_draft=language in self.drafts,
                **values,
            )
        )


def load_pages(locales: Path, languages: Mapping[str, Language]) -> Pages:
    """The pages in English and in every one of `languages` that has a `console.po`, in their order."""
    files = {code: locales / code / CATALOGUE for code in languages if (locales / code / CATALOGUE).exists()}
    shown = {code: languages[code] for code in (SOURCE, *files)}
    words = {SOURCE: NullTranslations(), **{code: Translated(path) for code, path in files.items()}}
    return Pages(
        languages=shown,
        environments={code: _environment(words[code], language) for code, language in shown.items()},
        drafts=frozenset(code for code, path in files.items() if _is_draft(path)),
    )


def _is_draft(path: Path) -> bool:
    return DRAFT in path.read_text(encoding="utf-8").partition("\nmsgid")[0]


def _environment(translations: NullTranslations, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HTML),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    figures = Figures(language)
    environment.filters["number"] = figures.number
    environment.filters["moment"] = figures.moment
    environment.filters["language_name"] = figures.language_name
    environment.globals["bars"] = partial(bars, direction=language.direction, number=figures.number)
    environment.globals["fresh_key"] = lambda: secrets.token_hex(KEY_BYTES)
    return environment
