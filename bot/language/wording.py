"""Step 9, said: a response and its variables put into one language. What actions name, this words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from babel import Locale, UnknownLocaleError

from bot.language.bidi import clean, isolate, isolate_latin, isolate_ltr
from bot.language.catalogue import Catalogue, overlays
from bot.language.english import ResponsesError
from bot.language.languages import SOURCE, Language
from bot.language.translations import PLACEHOLDER
from bot.speech import Worded

_CRITERION = "criterion"  # the msgctxt of published words
# The responses that have the words of what is named by an id.
_NAMED = {"question": "label_{}", "asked": "ask_{}", "reason": "reason_{}", "office": "office_name"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wording:
    """Words in one language. `code` is that of `locales/languages.yml`; an unknown one or None is English."""

    catalogue: Catalogue
    code: str | None

    @property
    def language(self) -> Language:
        """The language into which this puts words."""
        return self.catalogue.language(self.code)

    def text(self, name: str, variables: Mapping[str, Any] | None = None) -> str:
        """The text of response `name` with its variables in place; `ResponsesError` if there is no such one."""
        english = self.catalogue.response(name).text
        return self.fill(name, self.catalogue.translate(self.language.code, name, english), variables or {})

    def title(self, name: str, english: str) -> str:
        """The title `english` of a button of response `name`."""
        return self._isolated(self.catalogue.translate(self.language.code, name, english))

    def words(self, worded: Worded) -> str:
        """A worded variable of `bot.speech` in words; `KeyError` for a kind that is not known."""
        kinds: dict[str, Callable[[Any], str]] = {
            "country": self._country,
            **{kind: partial(self._named, kind) for kind in ("question", "asked", "reason")},
            "answer": lambda value: self._answer(*value),
            "office": self._office,
            "city": lambda value: self._isolated(self._city(value)),
            "criterion": self._criterion,
            "language": lambda value: self.catalogue.language(value).name,
            "code": self._latin,
            "phone": self._latin,
            "text": lambda value: isolate(clean(str(value))),
            "say": lambda value: self.text(value["name"], value["variables"]),
            "in": lambda value: isolate(Wording(self.catalogue, value[0]).text(value[1])),
            # Two languages may say a thing alike; nobody needs to read it twice.
            "lines": lambda value: "\n".join(dict.fromkeys(self.value(item) for item in value)),
        }
        return kinds[worded["kind"]](worded["value"])

    def lacks(self, worded: Worded) -> bool:
        """Whether `words` gives English, since this language has no words of its own for it.

        Told of questions, answers, offices, criteria and responses; `ResponsesError` as of `words`.
        """
        source = self._source(worded)
        if source is None or self.language.code == SOURCE:
            return False
        return self.catalogue.find(self.language.code, *source) is None

    def value(self, value: Any) -> str:
        """Any variable in words: worded ones by kind, numbers in the language's digits, plain text isolated."""
        if isinstance(value, Mapping):
            return self.words(value)  # type: ignore[arg-type]  # a Worded, as it came out of JSON
        if isinstance(value, int) and not isinstance(value, bool):
            return self.language.number(value)
        return isolate(clean(str(value)))

    def fill(self, name: str, template: str, variables: Mapping[str, Any]) -> str:
        """`template`, words of response `name` in this language, with its variables in place."""
        pieces, end = [], 0
        for match in PLACEHOLDER.finditer(template):
            pieces.append(self._isolated(template[end : match.start()]))
            if match[1] in variables:
                pieces.append(self.value(variables[match[1]]))
            else:
                log.error("wording.variable_missing", response=name, variable=match[1])
            end = match.end()
        return "".join((*pieces, self._isolated(template[end:])))

    def _isolated(self, text: str) -> str:
        return isolate_latin(text) if self.language.direction == "rtl" else text

    def _latin(self, value: Any) -> str:
        text = clean(str(value), lines=False)
        return isolate_ltr(text) if self.language.direction == "rtl" else text

    def _country(self, code: str) -> str:
        override = f"country_{code}"
        if override in self.catalogue.responses():
            return self.text(override)
        for locale in (*overlays(self.language.code), SOURCE):
            name = _territory(locale, code)
            if name is not None:
                return self._isolated(name)
        return self._latin(code)

    def _named(self, kind: str, value: str) -> str:
        return self.text(_NAMED[kind].format(value))

    def _source(self, worded: Worded) -> tuple[str, str] | None:
        """Where the words of `worded` stand, as msgctxt and English; None for what has no such place."""
        kind, value = worded["kind"], worded["value"]
        if kind == "answer":
            return self._answered(*value)
        if kind == "criterion":
            return _CRITERION, self.catalogue.criteria.get(value, "")
        if kind in _NAMED:
            name = _NAMED[kind].format(value)
        elif kind == "say":
            name = value["name"]
        else:
            return None
        return name, self.catalogue.response(name).text

    def _answered(self, question: str, value: str) -> tuple[str, str] | None:
        responses = self.catalogue.responses()
        # What every question, or more than one way of asking it, takes: unsure, declined, at sea.
        if f"answer_{value}" in responses:
            return f"answer_{value}", responses[f"answer_{value}"].text
        asked = f"ask_{question}"
        for button in responses[asked].buttons if asked in responses else ():
            if value in button.tap.entities.values():
                return asked, button.title
        return None

    def _answer(self, question: str, value: str) -> str:
        said = self._answered(question, value)
        if said is not None:
            return self.title(*said)
        if _territory(SOURCE, value) is not None:
            return self._country(value)
        log.error("wording.answer_unknown", question=question)
        return self._latin(value)

    def _office(self, office_id: str) -> str:
        office = self.catalogue.offices.by_id.get(office_id)
        if office is None:
            log.error("wording.office_unknown", office=office_id)
            return self._latin(office_id)
        city = self._city(office.city)
        template = self.catalogue.translate(
            self.language.code, "office_name", self.catalogue.response("office_name").text
        )
        return self._isolated(template.replace("{city}", city))

    def _city(self, name: str) -> str:
        return self.catalogue.find(self.language.code, "city", name) or name

    def _criterion(self, criterion_id: str) -> str:
        words = self.catalogue.criteria.get(criterion_id)
        if words is None:
            raise ResponsesError(f"criteria/ has no criterion {criterion_id}, so it cannot be put into words.")
        return self._isolated(self.catalogue.translate(self.language.code, _CRITERION, words))


def _territory(locale: str, code: str) -> str | None:
    try:
        territories: Mapping[str, str] = Locale.parse(locale).territories
    except (UnknownLocaleError, ValueError):
        return None
    return territories.get(code)
