"""What every whole talk through the running product needs: an officer at the console, patience, the logs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from running import Product

PATIENCE = 90.0  # seconds: the machine may be busy
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def waited_for(what: Callable[[], Any]) -> Any:
    """The first answer of `what` that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@dataclass
class Officer:
    """A demo officer at the console: not the lead of the browser's talk, since a one-time code is good once."""

    product: Product
    client: httpx.Client

    def sign_in(self) -> None:
        form = {"login": "demo-officer", "password": self.product.password, "code": self.product.code()}
        assert self._post("login", self._fields("login") | form).status_code == 303

    def shown(self, reference: str) -> str:
        """The page of a referral, with its words as they are read."""
        return unescape(self.client.get(f"{self.product.console}referrals/{reference}").text)

    def act(self, reference: str, act: str, **form: str) -> None:
        place = f"referrals/{reference}"
        assert self._post(f"{place}/{act}", self._fields(place) | form).status_code == 303

    def _fields(self, place: str) -> dict[str, str]:
        return dict(FIELD.findall(self.client.get(self.product.console + place).text))

    def _post(self, place: str, form: dict[str, str]) -> httpx.Response:
        headers = {"origin": self.product.console.rstrip("/"), "sec-fetch-site": "same-origin"}
        return self.client.post(self.product.console + place, data=form, headers=headers)


def logs_of(product: Product) -> str:
    """All that the product's processes logged."""
    return "".join(path.read_text() for path in (Path(product.environ["BOT_HOME"]) / "log").iterdir())
