"""Steps 1 and 9: which channels there are, and which of them the settings switch on beside the web chat."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import telegram, webchat, whatsapp
from bot.channels.channel import Channel, Limits
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.http import Http
from bot.language.templates import TEMPLATES, load_templates

# Of every channel, switched on or not: people who came by it may still be in the database.
LIMITS: Mapping[str, Limits] = {
    webchat.WebChat.name: webchat.LIMITS,
    telegram.Telegram.name: telegram.LIMITS,
    whatsapp.NAME: whatsapp.LIMITS,
}


def messengers(inbox: Inbox, means: Means, client: Http) -> list[Channel]:
    """The channels that the settings switch on, the web chat left out, which always is; `client` is for those."""
    on: list[Channel] = []
    if means.settings.telegram is not None:
        on.append(telegram.Telegram(inbox, means, means.settings.telegram))
    if means.settings.whatsapp is not None:
        templates = load_templates(means.catalogue.locales / TEMPLATES)
        on.append(whatsapp.WhatsApp(inbox, means, means.settings.whatsapp, templates, client))
    return on
