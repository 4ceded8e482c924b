"""Step 1 and 9 on WhatsApp, by Meta's Cloud API: signed deliveries come in, one message a turn goes out."""

from bot.channels.whatsapp.chat import LIMITS, NAME, WhatsApp

__all__ = ["LIMITS", "NAME", "WhatsApp"]
