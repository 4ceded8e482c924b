"""Beside step 9: every English text that is translated, and the template `locales/messages.pot` made of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.eligibility import Criterion, Offices, load_offices, load_programme
from bot.language.english import Response, load_responses
from bot.language.gates.limits import ROW_DESCRIPTION, ROW_TITLE, limit_of
from bot.language.languages import Language
from bot.language.translations import PLACEHOLDER

CRITERION, CITY = "criterion", "city"
_CONTROLS = "controls_"
_TITLES = "button_"
_ABOUT_QUESTION = re.compile(r"(?:explain|label)_(\w+)")
_QUOTED = 70  # characters of English shown in a note, so that it stays one line
_TEMPLATE_HEADER = """\
# Template of everything that people read. Made by `bot i18n extract`; do not edit it.
# How to translate: docs/translating.md"""
_DRAFT_HEADER = """\
# {name} ({code})
# DRAFT: no native reviewer has signed this file yet. Its state stands in locales/languages.yml.
# How to translate: docs/translating.md"""
_DATED = ('"POT-Creation-Date:', '"PO-Revision-Date:', '"Generated-By:')
_EMPTY = ("EMAIL@ADDRESS", "LL@li.org")  # what stands where nobody has put a name


class ExtractError(Exception):
    """The sources cannot be made into a template; the message names the text and what to do."""


@dataclass(frozen=True)
class Entry:
    """One English text to translate. `context` is its msgctxt: a response's name, `criterion` or `city`.

    `is_title` says that it is read on a button of its own. `notes` are for the translator.
    """

    context: str
    english: str
    is_title: bool
    notes: tuple[str, ...]


def entries(root: Path) -> list[Entry]:
    """Everything to translate in `root`, in the order of `domain.yml`, then criteria, then cities of offices.

    Errors: `ResponsesError` and `CriteriaError` of the sources, `ExtractError` for a placeholder without a note.
    """
    responses = load_responses(root / "domain.yml")
    notes = yaml.safe_load((root / "locales" / "placeholders.yml").read_text(encoding="utf-8"))
    found = [entry for response in responses.values() for entry in _of_response(response, responses, notes)]
    found.extend(_of_criterion(one) for one in load_programme(root / "criteria").criteria.values())
    found.extend(_of_cities(load_offices(root / "criteria")))
    return found


def template(found: list[Entry]) -> Catalog:
    """The catalogue without translations that `messages.pot` holds."""
    catalogue = Catalog(header_comment=_TEMPLATE_HEADER, project="avrr-bot", version="1", fuzzy=False)
    for entry in found:
        catalogue.add(entry.english, context=entry.context, auto_comments=entry.notes)
    return catalogue


def new_catalogue(language: Language) -> Catalog:
    """An empty catalogue of `language`, marked as a draft."""
    header = _DRAFT_HEADER.format(name=language.name, code=language.code)
    return Catalog(language.code, header_comment=header, project="avrr-bot", version="1", fuzzy=False)


def as_po(catalogue: Catalog, language: Language | None = None) -> bytes:
    """The file of `catalogue`: the same bytes for the same words, whenever and wherever it is written.

    Dates are left out. The plural rule is that of `languages.yml`, since Babel writes another for some.
    """
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True)
    header, _, body = buffer.getvalue().decode().partition("\n\n")
    lines = [line for line in header.split("\n") if not line.startswith(_DATED)]
    lines = [line for line in lines if not any(name in line for name in _EMPTY)]
    if language is not None:
        rule = f'"Plural-Forms: {language.plural}\\n"'
        lines = [rule if line.startswith('"Plural-Forms:') else line for line in lines]
    return ("\n".join(lines) + "\n\n" + body.rstrip("\n") + "\n").encode()


def _of_response(
    response: Response, responses: Mapping[str, Response], notes: Mapping[str, str]
) -> Iterator[Entry]:
    if response.text:
        is_title = response.name.startswith(_TITLES) and not PLACEHOLDER.search(response.text)
        about = [_text_note(response, is_title=is_title)]
        about.extend(_question_note(response.name, responses))
        about.extend(_placeholder_notes(response, notes))
        yield Entry(response.name, response.text, is_title, tuple(about))
    for button in response.buttons:
        yield Entry(response.name, button.title, is_title=True, notes=(_button_note(response),))


def _button_note(response: Response) -> str:
    if response.name.startswith(_CONTROLS):
        return _title_note(f"the row {response.name}")
    return f"{_title_note(response.name)[:-1]}, under: {_quoted(response.text)}"


def _text_note(response: Response, *, is_title: bool) -> str:
    most = limit_of(response.name, response, is_title=is_title).most
    if is_title:
        return _title_note(response.name, most)
    also = f", also a button: at most {most} characters" if most <= ROW_DESCRIPTION else ""
    return f"Text of {response.name}{also}."


def _title_note(where: str, most: int = ROW_TITLE) -> str:
    return f"Button of {where}, at most {most} characters."


def _question_note(name: str, responses: Mapping[str, Response]) -> Iterator[str]:
    match = _ABOUT_QUESTION.fullmatch(name)
    asked = match and (responses.get(f"ask_{match[1]}") or responses.get(f"utter_ask_{match[1]}"))
    if asked:
        yield f"About the question: {_quoted(asked.text)}"
    elif name.startswith("utter_faq/"):
        label = responses.get(name.replace("utter_", "label_", 1))
        if label is not None:
            yield f"Answer to: {_quoted(label.text)}"


def _placeholder_notes(response: Response, notes: Mapping[str, str]) -> Iterator[str]:
    for placeholder in dict.fromkeys(PLACEHOLDER.findall(response.text)):
        if placeholder not in notes:
            raise ExtractError(
                f"locales/placeholders.yml says nothing about {{{placeholder}}} of {response.name}; "
                "add a line that tells translators what it holds."
            )
        yield f"{{{placeholder}}}: {notes[placeholder]}."


def _quoted(text: str) -> str:
    line = text.partition("\n")[0]
    return f"“{line if len(line) <= _QUOTED else line[:_QUOTED].rstrip() + '…'}”"


def _of_criterion(criterion: Criterion) -> Entry:
    source = criterion.source
    note = f"Published words ({criterion.id}), quoted to people; translate them faithfully. {source.title}, "
    return Entry(CRITERION, criterion.words, is_title=False, notes=(f"{note}line {source.lines}.",))


def _of_cities(offices: Offices) -> Iterator[Entry]:
    for city in dict.fromkeys(office.city for office in offices.by_id.values()):
        here = [office.id for office in offices.by_id.values() if office.city == city]
        yield Entry(CITY, city, is_title=False, notes=(f"City of the IOM office {', '.join(here)}.",))
