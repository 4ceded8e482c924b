"""Sealing: fields under a shared key, look-ups by keyed hash, referrals to an office's public key."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox


class SealError(Exception):
    """Something sealed does not open: a wrong key, or changed bytes."""


def seal(key: bytes, value: Any) -> bytes:
    """`value` (anything JSON holds) encrypted and authenticated under `key` (32 bytes)."""
    return bytes(SecretBox(key).encrypt(_as_bytes(value)))


def unseal(key: bytes, sealed: bytes) -> Any:
    """What `seal` was given; `SealError` if the key is another or the bytes were changed."""
    try:
        return json.loads(SecretBox(key).decrypt(sealed))
    except CryptoError as error:
        raise SealError("A stored field does not open with this key. Is BOT_FIELD_KEY the right one?") from error


def lookup_hash(key: bytes, *parts: str) -> str:
    """A keyed hash of `parts` (64 hex digits), by which a value is found without being stored."""
    return hmac.new(key, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def new_office_keys(console_key: bytes) -> tuple[bytes, bytes]:
    """A new office key pair: the public key, and the private key sealed under the console's key."""
    private = PrivateKey.generate()
    return bytes(private.public_key), bytes(SecretBox(console_key).encrypt(bytes(private)))


def seal_to_office(public_key: bytes, value: Any) -> bytes:
    """`value` encrypted so that only the holder of the office's private key can read it."""
    return bytes(SealedBox(PublicKey(public_key)).encrypt(_as_bytes(value)))


def unseal_at_office(private_key: bytes, console_key: bytes, sealed: bytes) -> Any:
    """What `seal_to_office` was given. `private_key` is as stored: sealed under `console_key`."""
    try:
        private = PrivateKey(SecretBox(console_key).decrypt(private_key))
        return json.loads(SealedBox(private).decrypt(sealed))
    except CryptoError as error:
        raise SealError("A referral does not open. Is BOT_CONSOLE_KEY the right one?") from error


def _as_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
