"""Step 1 on WhatsApp: whether a request is Meta's, before anything of it is read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

import anyio
from starlette.requests import Request

LARGEST_BODY = 1024 * 1024  # bytes
SLOWEST_BODY = 10.0  # seconds
SIGNATURE = "x-hub-signature-256"
_LONGEST_CHALLENGE = 256


class RefusedError(Exception):
    """A request that is not taken; `status` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def is_signed(body: bytes, signature: str | None, secrets: Sequence[str]) -> bool:
    """Whether `signature` (`sha256=` and 64 hex digits) is that of the raw `body` under one of `secrets`.

    All secrets are tried, each in constant time, so that nothing tells which of them was nearly right.
    """
    given = (signature or "").encode(errors="replace")
    matches = [hmac.compare_digest(sign(body, secret).encode(), given) for secret in secrets]
    return any(matches)


def sign(body: bytes, secret: str) -> str:
    """The signature of `body` as Meta writes it into the header."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def challenge(query: Mapping[str, str], verify_token: str) -> str:
    """What to answer when Meta asks whether this address is ours; `RefusedError` (403) for anyone else."""
    given = query.get("hub.verify_token", "").encode(errors="replace")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given, verify_token.encode()):
        raise RefusedError(403)
    return query.get("hub.challenge", "")[:_LONGEST_CHALLENGE]


async def read_body(request: Request) -> bytes:
    """The raw body; `RefusedError` 413 when it is larger than `LARGEST_BODY`, 408 when it is too slow."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > LARGEST_BODY:
        raise RefusedError(413)
    body = bytearray()
    try:
        with anyio.fail_after(SLOWEST_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise RefusedError(413)
    except TimeoutError:
        raise RefusedError(408) from None
    return bytes(body)
