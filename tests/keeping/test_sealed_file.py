"""A sealed file opens whole, with its own key, or not at all."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import pytest
from nacl import bindings as sodium
from nacl.public import PrivateKey, SealedBox

from bot.keeping.sealed_file import CHUNK, MAGIC, SealedFileError, open_sealed, read_key, seal_file

PRIVATE = PrivateKey(b"p" * 32)
PUBLIC = bytes(PRIVATE.public_key)
ABOUT = {"version": "0012", "at": "2026-11-22"}
HEAD = len(MAGIC) + 32 + 48 + 24  # magic, the key in its sealed box, the header of the stream


def sealed(content: bytes = b"rows") -> bytes:
    target = BytesIO()
    seal_file(BytesIO(content), ABOUT, PUBLIC, target)
    return target.getvalue()


def read(file: bytes) -> bytes:
    return b"".join(open_sealed(BytesIO(file), bytes(PRIVATE)).pieces)


def messages(file: bytes) -> list[bytes]:
    """The stream's messages, each with its length before it."""
    found, at = [], HEAD
    while at < len(file):
        following = at + 4 + int.from_bytes(file[at : at + 4], "big")
        found.append(file[at:following])
        at = following
    return found


def test_it_says_what_it_is_and_gives_back_what_went_in() -> None:
    opened = open_sealed(BytesIO(sealed()), bytes(PRIVATE))
    assert opened.about == ABOUT
    assert b"".join(opened.pieces) == b"rows"


def test_it_is_written_as_its_description_says() -> None:
    file = sealed(b"a" * CHUNK + b"b")
    assert file.startswith(b"avrr-bot backup 1\n")
    key = SealedBox(PRIVATE).decrypt(file[len(MAGIC) : HEAD - 24])
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, file[HEAD - 24 : HEAD], key)
    pulled = [sodium.crypto_secretstream_xchacha20poly1305_pull(state, one[4:]) for one in messages(file)]
    more = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
    last = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    assert [tag for _, tag in pulled] == [more, more, last]
    assert json.loads(pulled[0][0]) == ABOUT
    assert [piece for piece, _ in pulled[1:]] == [b"a" * CHUNK, b"b"]


def test_two_of_the_same_are_not_alike() -> None:
    assert sealed()[len(MAGIC) :] != sealed()[len(MAGIC) :]


def test_something_else_is_no_backup() -> None:
    for other in (b"", MAGIC[:-1], MAGIC.replace(b"1", b"2") + sealed()[len(MAGIC) :], b"SQLite format 3\0"):
        with pytest.raises(
            SealedFileError, match=r"^This is no backup of this bot: give a file that `bot backup` made\.$"
        ):
            open_sealed(BytesIO(other), bytes(PRIVATE))


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(
        SealedFileError, match=r"^The backup does not open .*: give the file made with `.* --new-key`\.$"
    ):
        open_sealed(BytesIO(sealed()), b"q" * 32)


def test_cut_short_anywhere_it_does_not_open() -> None:
    file = sealed()
    for length in (*range(len(MAGIC), len(file), 7), len(file) - 1):
        with pytest.raises(SealedFileError):
            read(file[:length])


def test_changed_anywhere_it_does_not_open() -> None:
    file = sealed()
    for place in range(0, len(file), 5):
        with pytest.raises(SealedFileError):
            read(file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :])


def test_pieces_left_out_or_in_another_order_are_seen() -> None:
    file = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    about, first, second, last = messages(file)
    for wrong in (
        (about, second, first, last),
        (about, first, last),
        (about, first, second),
        (first, second, last),
    ):
        with pytest.raises(
            SealedFileError, match=r"^The backup is not whole, or was changed: take another one\.$"
        ):
            read(file[:HEAD] + b"".join(wrong))


class Counting(BytesIO):
    """A file that remembers the most that was asked of it at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.most = max(self.most, sys.maxsize if size is None or size < 0 else size)
        return super().read(size)


def test_more_at_the_end_than_was_written_is_seen_and_not_read() -> None:
    longer = Counting(sealed() + b"\0" * CHUNK)
    with pytest.raises(
        SealedFileError, match=r"^The backup has more at its end than was written: take another one\.$"
    ):
        list(open_sealed(longer, bytes(PRIVATE)).pieces)
    assert longer.most < CHUNK


def test_a_length_that_is_not_true_takes_no_memory() -> None:
    file = sealed()
    liar = Counting(file[:HEAD] + b"\xff\xff\xff\xff" + file[HEAD + 4 :])
    with pytest.raises(SealedFileError, match="not whole"):
        open_sealed(liar, bytes(PRIVATE))
    assert liar.most == 2 * CHUNK


def test_a_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    path.write_text(f"{bytes(PRIVATE).hex()}\n")
    assert read_key(path) == bytes(PRIVATE)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("no hex", "no private key of backups"),
        ("ab" * 31, "31 bytes; .* has 32"),
        ("ab" * 33, "33 bytes"),
        ("é", "no"),
    ],
)
def test_a_key_that_cannot_be_one_is_named(tmp_path: Path, written: str, says: str) -> None:
    path = tmp_path / "backup.key"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SealedFileError, match=f"backup.key holds {says}"):
        read_key(path)
    with pytest.raises(SealedFileError, match="none holds no private key"):
        read_key(tmp_path / "none")
