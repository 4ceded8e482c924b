"""An officer who takes every request on and answers it, on whichever console is up, until each act is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Queue

import httpx
import pyotp
from whole_talk import FIELD

from bot.console.demo import DemoLogin
from bot.console.passwords import code_at
from bot.store.database import now

SAID = "Please come tomorrow at nine."


class RefusedError(Exception):
    """A console does not do what was asked for."""


@dataclass
class Desk:
    """`consoles` are asked by turns; a form that was not answered is sent again as it is."""

    consoles: Iterator[str]
    login: DemoLogin
    again: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=20))

    def sign_in(self) -> None:
        """To be done while nothing is killed: a code is good once."""
        code = code_at(pyotp.parse_uri(self.login.otpauth).secret, now())
        form = {"login": self.login.login, "password": self.login.password, "code": code}
        self._send("login", form)

    def answer_all(self, codes: Queue[str | None]) -> int:
        """Take on and answer each until there is None; how many there were."""
        answered = 0
        while (code := codes.get()) is not None:
            self._send(f"referrals/{code}", {}, "accept")
            self._send(f"referrals/{code}", {"text": SAID}, "reply")
            answered += 1
        self.client.close()
        return answered

    def _send(self, place: str, form: dict[str, str], act: str = "") -> None:
        page = self._until(lambda console: self.client.get(f"{console}/{place}"))
        whole = {**dict(FIELD.findall(page.text)), **form}

        def post(console: str) -> httpx.Response:
            headers = {"origin": console, "sec-fetch-site": "same-origin"}
            return self.client.post(f"{console}/{place}/{act}".rstrip("/"), data=whole, headers=headers)

        answer = self._until(post)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RefusedError(f"{act or place}: {answer.status_code}")

    def _until(self, ask: Callable[[str], httpx.Response]) -> httpx.Response:
        while True:
            with suppress(httpx.TransportError):
                answer = ask(next(self.consoles))
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return answer
            self.again += 1
            time.sleep(0.1)
