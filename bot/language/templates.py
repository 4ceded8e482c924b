"""Step 9, said: the set messages that Meta approves before we may send them, in every language we serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import speech
from bot.language.catalogue import Catalogue, overlays
from bot.language.languages import SOURCE
from bot.language.wording import Wording

TEMPLATES = "whatsapp_templates.yml"  # in `locales/`


class TemplatesError(Exception):
    """`locales/whatsapp_templates.yml` is wrong; the message names what, and what to do."""


@dataclass(frozen=True)
class Template:
    """A set message. `response` has its words; `variables` are its placeholders in order, with an example each."""

    name: str
    response: str
    category: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Templates:
    """All set messages by name. `languages` maps our codes to Meta's."""

    by_name: Mapping[str, Template]
    languages: Mapping[str, str]

    def language(self, code: str | None) -> str:
        """Meta's code for our language `code`; English where Meta has none for it, and for None."""
        known = (self.languages[one] for one in overlays(code or SOURCE) if one in self.languages)
        return next(known, self.languages[SOURCE])


def load_templates(path: Path) -> Templates:
    """The set messages of `path`; `TemplatesError` names the first thing that is wrong."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not raw.get("templates") or SOURCE not in (raw.get("languages") or {}):
        raise TemplatesError(f"{path.name} must have `templates:` and `languages:`, and `{SOURCE}` among these.")
    by_name = {str(name): _template(path, str(name), entry) for name, entry in raw["templates"].items()}
    return Templates(by_name, {str(ours): str(metas) for ours, metas in raw["languages"].items()})


def for_approval(catalogue: Catalogue, templates: Templates, languages: Sequence[str]) -> list[dict[str, Any]]:
    """Each set message in each language as Meta's template API takes it, one language of Meta's once."""
    bodies: dict[tuple[str, str], dict[str, Any]] = {}
    for template in templates.by_name.values():
        for code in (SOURCE, *languages):
            metas, english = templates.language(code), catalogue.response(template.response).text
            if code != SOURCE and not (metas != SOURCE and catalogue.find(code, template.response, english)):
                continue  # Meta has not this language, or we have no words in it: its people get the English ones
            bodies.setdefault((template.name, metas), _for_approval(catalogue, template, code, metas))
    return list(bodies.values())


def _for_approval(catalogue: Catalogue, template: Template, code: str, metas: str) -> dict[str, Any]:
    places = {name: speech.code(f"{{{{{number}}}}}") for number, name in enumerate(template.variables, start=1)}
    body: dict[str, Any] = {"type": "BODY", "text": Wording(catalogue, code).text(template.response, places)}
    if template.variables:
        body["example"] = {"body_text": [list(template.variables.values())]}
    return {"name": template.name, "language": metas, "category": template.category, "components": [body]}


def _template(path: Path, name: str, raw: Any) -> Template:
    if not isinstance(raw, dict) or not isinstance(raw.get("response"), str):
        raise TemplatesError(f"{path.name}: {name} needs a `response:`, the name of its words in domain.yml.")
    variables = raw.get("variables") or {}
    if not isinstance(variables, dict):
        raise TemplatesError(f"{path.name}: the variables of {name} must be a mapping of names to examples.")
    examples = {str(variable): str(example) for variable, example in variables.items()}
    return Template(name, raw["response"], str(raw.get("category", "UTILITY")), examples)
