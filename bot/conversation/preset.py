"""Step 2, stored: what the link by which a person came says of language and office, as far as it is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Preset
from bot.conversation.means import Means
from bot.store.models import Person

OFFICE = "office"


def preset(means: Means, person: Person, link: Preset) -> dict[str, str]:
    """The person's language set, if none was chosen; what is to be kept with the message, if the office is one."""
    if person.language is None and link.language in means.languages:
        person.language = link.language
    office = means.catalogue.offices.by_id.get(link.office or "")
    return {OFFICE: office.id} if office is not None and office.active else {}


def first_state(means: Means, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state in which a conversation begins: near the link's office, as if its place had been sent, or nothing.

    The office is still chosen by the rules: never one in another country than the person's.
    """
    office = means.catalogue.offices.by_id.get(kept.get(OFFICE, ""))
    return None if office is None else {"slots": {"near": [office.latitude, office.longitude]}, "loop": None}
