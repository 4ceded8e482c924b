"""A device with passkeys, in software: what a browser and its authenticator answer, right or wrong on purpose."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from console_words import make_catalogue
from console_world import Browser, World
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from httpx import Response

from bot.console.app import create_app
from bot.language.catalogue import Catalogue

ORIGIN = "https://console.example.org"
HOST = "console.example.org"
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
QUESTION = re.compile(r'data-question="([^"]+)"')


def written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def question_in(page: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(html.unescape(QUESTION.findall(page)[0]))
    return found


def with_passkeys(world: World, catalogue: Catalogue | None = None) -> World:
    """The same console at an address where browsers have passkeys."""
    settings = replace(world.settings, console_url=ORIGIN)
    words = catalogue or make_catalogue(world.folder)
    app = create_app(settings, world.engine, catalogue=words, clock=world.clock)
    return replace(world, settings=settings, app=app)


@dataclass
class Device:
    """One device with one passkey, for whatever it is asked; each answer can be made wrong."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = b"c" * 32
    handle: bytes = b""
    count: int = 0
    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | VERIFIED

    def make(self, question: dict[str, Any]) -> str:
        self.handle = read(question["user"]["id"])
        held = len(self.credential).to_bytes(2, "big") + self.credential + self._cose()
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._said(WITH_KEY) + b"\0" * 16 + held,
        }
        client = self._client("webauthn.create", question)
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(attestation))

    def sign(self, question: dict[str, Any]) -> str:
        self.count += 1
        client, said = self._client("webauthn.get", question), self._said()
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=said, signature=signature, userHandle=self.handle
        )

    def _said(self, more: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, question: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": question["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: bytes) -> str:
        name = written(self.credential)
        said = {part: written(raw) for part, raw in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


def begin(world: World, browser: Browser, who: str = "anna", **instead: str) -> Response:
    form = {"name": "My laptop", "code": world.code(who)}
    return browser.post("/me/passkeys", browser.fields("/me") | form | instead)


def keep(browser: Browser, answer: str) -> Response:
    return browser.post("/me/passkeys/keep", browser.fields("/me") | {"name": "My laptop", "answer": answer})


def add(world: World, device: Device, who: str = "anna") -> Browser:
    """A browser in which `who` is signed in and has just added the device's passkey."""
    world.clock.on(seconds=30)
    browser = world.signed_in(who)
    answer = keep(browser, device.make(question_in(begin(world, browser, who).text)))
    assert answer.status_code == 303, answer.text
    return browser


def asked(browser: Browser) -> dict[str, Any]:
    return question_in(browser.post("/passkey", {}).text)


def enter(browser: Browser, answer: str) -> Response:
    return browser.post("/passkey/enter", {"answer": answer})
