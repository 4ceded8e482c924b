"""Beside step 9: what a catalogue says of itself, and the plural rules of `languages.yml` against CLDR's."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog

from bot.language.gates.fault import Fault
from bot.language.languages import Language

_COUNTED = range(300)  # the rules of all languages repeat within these
_RULE = "plural="


def header(catalogue: Catalog, language: Language) -> Iterator[Fault]:
    """Another plural rule or another language than those of `languages.yml`."""
    if "".join(catalogue.plural_forms.split()) != "".join(language.plural.split()):
        yield Fault(
            "plural",
            f"its Plural-Forms are not those of {language.code} in languages.yml ({language.plural}); "
            "run `bot i18n update`.",
        )
    said = catalogue.locale_identifier
    if said is not None and said != language.code:
        yield Fault(
            "header", f"its Language line says {said}, and it lies where {language.code} does; correct it."
        )


def plural_rule(language: Language) -> Iterator[Fault]:
    """A rule of `languages.yml` that does not part numbers as CLDR does, or that cannot be read."""
    rule = language.plural.partition(_RULE)[2].rstrip("; ")
    try:
        form = gettext.c2py(rule)  # how gettext itself reads the header
        forms = [form(number) for number in _COUNTED]
    except ValueError:
        yield Fault("plural", f"the plural rule of {language.code} is not one; write nplurals=…; {_RULE}…;")
        return
    if not language.plural.replace(" ", "").startswith(f"nplurals={len(set(forms))};"):
        yield Fault("plural", f"{language.code} uses {len(set(forms))} plural forms; let nplurals say so.")
    try:
        cldr = Locale.parse(language.code).plural_form
    except (UnknownLocaleError, ValueError):
        return
    pairs = {(ours, cldr(number)) for number, ours in zip(_COUNTED, forms, strict=True)}
    if len(pairs) != len(set(forms)) or len(pairs) != len({tag for _, tag in pairs}):
        yield Fault(
            "plural", f"the plural rule of {language.code} parts numbers otherwise than CLDR; put it right."
        )
