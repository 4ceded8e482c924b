"""Beside the message's way: whether Telegram delivers where it should, for `bot doctor`."""

from __future__ import annotations

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.chat import PATH
from bot.processes.finding import Finding
from bot.settings import TelegramSettings

SET = "say `bot telegram set-webhook https://…`"


async def telegram(settings: TelegramSettings, api: Api | None = None) -> Finding:
    """Asks Telegram where it delivers; changes nothing."""
    api = api or Api(settings)
    try:
        url = (await api.bot.get_webhook_info()).url
    except InvalidToken:
        return Finding("Telegram", "it does not know BOT_TELEGRAM_TOKEN: copy it again from @BotFather.")
    except TelegramError as error:
        # Only the kind: its words may hold the address, and with it the token.
        return Finding("Telegram", f"it gives no answer now ({type(error).__name__}): try again later.")
    finally:
        await api.close()
    return delivered_to(url, polling=settings.polling)


def delivered_to(url: str, *, polling: bool) -> Finding:
    """Whether `url` is where Telegram should deliver: empty when it is to be asked for messages (`polling`)."""
    if polling:
        told = "it delivers elsewhere, and we poll: start the gateway, which takes the webhook away."
        return Finding("Telegram is polled", told if url else "")
    if not url:
        return Finding("Telegram's webhook", f"Telegram delivers nowhere: {SET}.")
    if not url.startswith("https://"):
        return Finding("Telegram's webhook", f"its address is not https://: {SET}.")
    if not url.endswith(PATH):
        return Finding("Telegram's webhook", f"its address does not end in {PATH}: {SET}.")
    return Finding("Telegram's webhook")
