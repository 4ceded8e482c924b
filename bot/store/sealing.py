"""Sealing: fields under a shared key, look-ups by keyed hash, referrals to an office's public key.

While a key takes another's place there are two, one behind the other in one value of 64 bytes: the first seals,
both open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

KEY_BYTES = 32


class SealError(Exception):
    """Something sealed does not open: a wrong key, or changed bytes."""


def seal(key: bytes, value: Any) -> bytes:
    """`value` (anything JSON holds) encrypted and authenticated under `key`, the first where there are two."""
    return _box(key).encrypt(_as_bytes(value))


def unseal(key: bytes, sealed: bytes) -> Any:
    """What `seal` was given; `SealError` if the key is another or the bytes were changed."""
    try:
        return json.loads(_open(key, sealed))
    except CryptoError as error:
        raise SealError("A stored field does not open with this key. Is BOT_FIELD_KEY the right one?") from error


def fits(key: bytes, sealed: bytes) -> bool:
    """Whether what is sealed opens with `key`, one of them where there are two."""
    try:
        _open(key, sealed)
    except CryptoError:
        return False
    return True


def seal_anew(key: bytes, sealed: bytes) -> bytes | None:
    """The same, sealed under the first of two keys; None where it is already. `SealError` if neither opens it."""
    if fits(key[:KEY_BYTES], sealed):
        return None
    try:
        return _box(key).encrypt(_open(key, sealed))
    except CryptoError as error:
        raise SealError("A stored field opens with neither of two keys.") from error


def each_key(key: bytes) -> list[bytes]:
    """The one key, or the two, the newest first."""
    return [key[at : at + KEY_BYTES] for at in range(0, len(key), KEY_BYTES)]


def lookup_hash(key: bytes, *parts: str) -> str:
    """A keyed hash of `parts` (64 hex digits), by which a value is found without being stored."""
    return hmac.new(key, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def new_office_keys(console_key: bytes) -> tuple[bytes, bytes]:
    """A new office key pair: the public key, and the private key sealed under the console's key."""
    private = PrivateKey.generate()
    return bytes(private.public_key), _box(console_key).encrypt(bytes(private))


def seal_to_office(public_key: bytes, value: Any) -> bytes:
    """`value` encrypted so that only the holder of the office's private key can read it."""
    return bytes(SealedBox(PublicKey(public_key)).encrypt(_as_bytes(value)))


@dataclass(frozen=True)
class OfficeKey:
    """An office's private key, opened once for everything that one request opens with it."""

    box: SealedBox[PrivateKey]

    def unseal(self, sealed: bytes) -> Any:
        """What `seal_to_office` was given; `SealError` if it was sealed to another office."""
        with _opening():
            return json.loads(self.box.decrypt(sealed))


def open_office_key(private_key: bytes, console_key: bytes) -> OfficeKey:
    """The key of an office. `private_key` is as stored: sealed under `console_key`, else `SealError`."""
    with _opening():
        return OfficeKey(SealedBox(PrivateKey(_open(console_key, private_key))))


def unseal_at_office(private_key: bytes, console_key: bytes, sealed: bytes) -> Any:
    """What `seal_to_office` was given, where one thing is opened. `private_key` as for `open_office_key`."""
    return open_office_key(private_key, console_key).unseal(sealed)


@contextmanager
def _opening() -> Iterator[None]:
    try:
        yield
    except CryptoError as error:
        raise SealError("A referral does not open. Is BOT_CONSOLE_KEY the right one?") from error


def _box(key: bytes) -> SecretBox:
    return SecretBox(key[:KEY_BYTES])


def _open(key: bytes, sealed: bytes) -> bytes:
    first, *older = each_key(key)
    try:
        return SecretBox(first).decrypt(sealed)
    except CryptoError:
        if not older:
            raise
    return _open(b"".join(older), sealed)


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
