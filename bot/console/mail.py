"""Step 7 of the message's way: a mail to an office, and the twin that prints it."""

from __future__ import annotations

import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol, TextIO

from bot.settings import Settings, SmtpSettings

TIMEOUT = 20  # seconds for each answer of the mail server


@dataclass(frozen=True)
class Letter:
    """A mail in plain text."""

    to: str
    subject: str
    text: str


class Post(Protocol):
    """A way to send letters. Whatever it raises leaves the letter to be sent again."""

    def send(self, letter: Letter) -> None:
        """Send one letter."""


@dataclass(frozen=True)
class PrintingPost:
    """The twin that prints."""

    stream: TextIO = sys.stdout

    def send(self, letter: Letter) -> None:
        """The letter on the stream."""
        self.stream.write(f"to {letter.to}: {letter.subject}\n{letter.text}\n")
        self.stream.flush()


@dataclass(frozen=True)
class SmtpPost:
    """A mail server."""

    settings: SmtpSettings

    def send(self, letter: Letter) -> None:
        """Hand one letter over; `OSError` or `smtplib.SMTPException` when the server does not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.settings.sender, letter.to, letter.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        with self._connected() as server:
            if self.settings.user:
                server.login(self.settings.user, self.settings.password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        host, port, trusted = self.settings.host, self.settings.port, ssl.create_default_context()
        if self.settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=trusted)
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        if self.settings.security == "starttls":
            server.starttls(context=trusted)
        return server


def post_for(settings: Settings) -> Post | None:
    """The mail server that is set up; in a demo without one, the twin; else None, and nothing is sent."""
    if settings.smtp is not None:
        return SmtpPost(settings.smtp)
    return PrintingPost() if settings.demo else None
