"""Step 9 on Telegram: which of our messages still show buttons, and whether those still mean anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.conversation.screen import LISTEN, Screen
from bot.conversation.speaking import bubble_from, read_screen
from bot.store.database import transaction
from bot.store.models import Outgoing, Person
from bot.store.sealing import unseal

WITH_BUTTONS = "k"  # stands behind the message's number in `provider_id` for as long as it shows buttons
_LOOKED_AT = 5  # messages


@dataclass(frozen=True)
class Shown:
    """Looks and marks in the database; `channel` is the name under which people of this channel are kept."""

    means: Means
    inbox: Inbox
    channel: str

    def took(self, chat: int, button: str, message: int) -> bool | None:
        """Whether a tap on `button` counts: it is on the screen, or led to the one that is.

        From now on `message`, under which it was, counts as bare. None for a tap that only lets the person hear
        the message: it stays as it is.
        """
        with transaction(self.means.database) as session:
            person = self._person(session, chat)
            if person is None:
                return False
            screen = read_screen(self.means, person.screen)
            if button in screen.choices and screen.choices[button].tap["intent"] == LISTEN:
                return None
            tapped = update(Outgoing).where(
                Outgoing.person_id == person.id, Outgoing.provider_id == f"{message}{WITH_BUTTONS}"
            )
            session.execute(tapped.values(provider_id=str(message)))
            return button == screen.used or button in screen.choices

    def out_of_date(self, chat: int) -> list[int]:
        """The messages whose buttons are not on the screen any more; from now on they count as bare."""
        with transaction(self.means.database) as session:
            person = self._person(session, chat)
            if person is None:
                return []
            screen = read_screen(self.means, person.screen)
            rows = session.scalars(
                select(Outgoing)
                .where(Outgoing.person_id == person.id, Outgoing.provider_id.endswith(WITH_BUTTONS))
                .order_by(Outgoing.id.desc())
                .limit(_LOOKED_AT)
            ).all()
            old = [row for row in rows if not self._stands(row, screen)]
            for row in old:
                row.provider_id = cast("str", row.provider_id).removesuffix(WITH_BUTTONS)
            return [int(cast("str", row.provider_id)) for row in old]

    def _stands(self, row: Outgoing, screen: Screen) -> bool:
        if row.content is None:
            return False
        bubble = unseal(self.means.settings.field_key, row.content)["bubble"]
        return bubble is not None and any(choice.id in screen.choices for choice in bubble_from(bubble).choices)

    def _person(self, session: Session, chat: int) -> Person | None:
        key = self.inbox.address_key(self.channel, str(chat))
        return session.scalar(select(Person).where(Person.channel == self.channel, Person.address_key == key))
