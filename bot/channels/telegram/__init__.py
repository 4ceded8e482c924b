"""Step 1 and 9 on Telegram: deliveries by webhook or polling, messages with buttons under them."""

from bot.channels.telegram.chat import LIMITS, Telegram

__all__ = ["LIMITS", "Telegram"]
