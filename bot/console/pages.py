"""Step 8 of the message's way: the console's pages, rendered in the languages it has been translated into."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HTML = Path(__file__).parent / "html"
ENGLISH = "en"
KEY_BYTES = 16


class Translated(NullTranslations):
    """A `console.po` as gettext wants it; what is missing or unsure there stays English."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog

    def gettext(self, message: str) -> str:
        """The translation, else the English."""
        found = self._catalog.get(message)
        return str(found.string) if found and found.string and not found.fuzzy else message


@dataclass(frozen=True)
class Pages:
    """One template environment a language; English is always there."""

    environments: Mapping[str, Environment]

    def language_for(self, wished: str | None) -> str:
        """The language in which a page is shown to someone who wishes this one."""
        return wished if wished in self.environments else ENGLISH  # type: ignore[return-value]

    def render(self, language: str, name: str, **values: Any) -> str:
        """The page's text. Everything shown is escaped; a value that is missing is an error."""
        return self.environments[language].get_template(name).render(language=language, **values)


def load_pages(locales: Path) -> Pages:
    """The pages in English and in every language of `locales` that has a `console.po`."""
    environments = {ENGLISH: _environment(NullTranslations())}
    for path in sorted(locales.glob("*/LC_MESSAGES/console.po")):
        with path.open("rb") as file:
            environments[path.parent.parent.name] = _environment(Translated(read_po(file)))
    return Pages(environments)


def _environment(translations: NullTranslations) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HTML),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["moment"] = _moment
    environment.globals["fresh_key"] = lambda: secrets.token_hex(KEY_BYTES)
    return environment


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
