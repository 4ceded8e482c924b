"""Beside the message's way: a file sealed to a public key, so that who makes backups cannot read them.

In a file: `MAGIC`, a random key sealed to the public key (libsodium sealed box), the header of a secret stream,
and the stream's messages, each after its length (4 bytes, big-endian). The first message is JSON about the file,
the last one is marked as the last: a file that was cut short, lengthened or changed does not open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

MAGIC = b"avrr-bot backup 1\n"
CHUNK = 1 << 20  # bytes of the file in one message
_LENGTH = 4
_SEALED_KEY = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES + 48  # a sealed box adds 48 bytes
_MORE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class SealedFileError(Exception):
    """A sealed file does not open; the message says why and what to do."""


@dataclass(frozen=True)
class Opened:
    """A sealed file that is being read: what it says of itself, and then its bytes, in pieces."""

    about: Mapping[str, Any]
    pieces: Iterator[bytes]


def seal_file(source: BinaryIO, about: Mapping[str, Any], public_key: bytes, target: BinaryIO) -> None:
    """The bytes of `source` into `target`, sealed to `public_key` (32 bytes); `about` is what JSON holds."""
    key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    target.write(MAGIC + SealedBox(PublicKey(public_key)).encrypt(key) + header)
    _push(target, state, json.dumps(about).encode(), _MORE)
    piece = source.read(CHUNK)
    while piece:
        following = source.read(CHUNK)
        _push(target, state, piece, _MORE if following else _LAST)
        piece = following


def open_sealed(file: BinaryIO, private_key: bytes) -> Opened:
    """What `seal_file` made, read bit by bit; `SealedFileError` here, or while its pieces are read."""
    if file.read(len(MAGIC)) != MAGIC:
        raise SealedFileError("This is no backup of this bot: give a file that `bot backup` made.")
    try:
        key = SealedBox(PrivateKey(private_key)).decrypt(file.read(_SEALED_KEY))
    except CryptoError as error:
        raise SealedFileError(
            "The backup does not open with this private key: give the file made with `bot backup --new-key`."
        ) from error
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = file.read(sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    pieces = _pulled(file, state, header, key)
    return Opened(json.loads(next(pieces)), pieces)


def read_key(path: Path) -> bytes:
    """The 32 bytes of a private key, as `bot backup --new-key` writes them in hex; `SealedFileError`."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SealedFileError(f"{path} holds no private key of backups that can be read.") from error
    if len(key) != sodium.crypto_box_SECRETKEYBYTES:
        raise SealedFileError(f"{path} holds {len(key)} bytes; a private key of backups has 32, in hex.")
    return key


def _push(target: BinaryIO, state: Any, piece: bytes, tag: int) -> None:
    sealed = sodium.crypto_secretstream_xchacha20poly1305_push(state, piece, tag=tag)
    target.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)


def _pulled(file: BinaryIO, state: Any, header: bytes, key: bytes) -> Iterator[bytes]:
    tag = _MORE
    try:
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
        while tag != _LAST:
            length = int.from_bytes(file.read(_LENGTH), "big")
            sealed = file.read(min(length, 2 * CHUNK))
            piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed)
            yield piece
    except (CryptoError, ValueError, RuntimeError) as error:
        raise SealedFileError("The backup is not whole, or was changed: take another one.") from error
    if file.read(1):
        raise SealedFileError("The backup has more at its end than was written: take another one.")
