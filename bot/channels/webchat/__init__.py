"""Step 1 and 9 in a browser: a page of our own, messages by POST, answers by server-sent events."""

from bot.channels.webchat.chat import LIMITS, WebChat

__all__ = ["LIMITS", "WebChat"]
