"""Sealed bytes open with their own key and with no other, and not when a bit of them was changed."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from bot.store.sealing import (
    SealError,
    each_key,
    fits,
    lookup_hash,
    new_office_keys,
    open_office_key,
    seal,
    seal_anew,
    seal_to_office,
    unseal,
    unseal_at_office,
)

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
BOTH = NEW + OLD
VALUE = {"text": "می‌خواهم", "n": [1, None, True]}
NONCE_AND_PROOF = 24 + 16  # bytes that XSalsa20-Poly1305 adds


@pytest.mark.parametrize("value", [VALUE, "", "ගෙදර", None, 0, [], {"b": {"a": 1}}])
def test_what_is_sealed_opens_with_the_key(value: Any) -> None:
    assert unseal(OLD, seal(OLD, value)) == value


def test_another_key_does_not_open_it_and_the_setting_is_named() -> None:
    with pytest.raises(
        SealError, match=r"^A stored field does not open with this key\. Is BOT_FIELD_KEY the right one\?$"
    ):
        unseal(NEW, seal(OLD, VALUE))


@pytest.mark.parametrize("place", [0, 30, -1])
def test_a_changed_bit_is_seen(place: int) -> None:
    changed = bytearray(seal(OLD, VALUE))
    changed[place] ^= 1
    with pytest.raises(SealError):
        unseal(OLD, bytes(changed))


def test_the_same_is_never_sealed_alike_twice() -> None:
    assert seal(OLD, VALUE) != seal(OLD, VALUE)


def test_what_is_sealed_takes_no_more_room_than_it_must_and_tells_no_order() -> None:
    written = '{"a":"ගෙදර","b":1}'.encode()
    assert len(seal(OLD, {"b": 1, "a": "ගෙදර"})) == NONCE_AND_PROOF + len(written)
    assert list(unseal(OLD, seal(OLD, {"b": 1, "a": 2}))) == ["a", "b"]


def test_of_two_keys_the_first_seals_and_both_open() -> None:
    assert each_key(OLD) == [OLD]
    assert each_key(BOTH) == [NEW, OLD]
    assert (
        unseal(NEW, seal(BOTH, VALUE)) == unseal(BOTH, seal(NEW, VALUE)) == unseal(BOTH, seal(OLD, VALUE)) == VALUE
    )
    assert [fits(BOTH, seal(key, VALUE)) for key in (NEW, OLD, OTHER)] == [True, True, False]
    with pytest.raises(SealError):
        unseal(OLD, seal(BOTH, VALUE))


def test_what_the_old_key_sealed_is_sealed_anew_and_what_the_new_one_sealed_is_left() -> None:
    anew = seal_anew(BOTH, seal(OLD, VALUE))
    assert anew is not None
    assert unseal(NEW, anew) == VALUE
    assert not fits(OLD, anew)
    assert seal_anew(BOTH, seal(NEW, VALUE)) is None
    with pytest.raises(SealError, match=r"^A stored field opens with neither of two keys\.$"):
        seal_anew(BOTH, seal(OTHER, VALUE))


def test_a_look_up_is_an_hmac_of_its_parts_which_do_not_run_together() -> None:
    assert lookup_hash(OLD, "address", "web", "a") == hmac.new(OLD, b"address\0web\0a", hashlib.sha256).hexdigest()
    assert lookup_hash(OLD, "ab", "c") != lookup_hash(OLD, "a", "bc")
    assert lookup_hash(OLD, "a") != lookup_hash(NEW, "a")


def test_an_office_opens_what_is_sealed_to_it_and_no_other_office_does() -> None:
    public, private = new_office_keys(OLD)
    _, other_private = new_office_keys(OLD)
    sealed = seal_to_office(public, VALUE)
    assert unseal_at_office(private, OLD, sealed) == VALUE
    assert open_office_key(private, BOTH).unseal(sealed) == VALUE
    with pytest.raises(SealError, match=r"^A referral does not open\. Is BOT_CONSOLE_KEY the right one\?$"):
        unseal_at_office(other_private, OLD, sealed)


def test_an_office_key_opens_with_the_consoles_key_alone() -> None:
    _, private = new_office_keys(BOTH)
    with pytest.raises(SealError, match=r"^A referral does not open\. Is BOT_CONSOLE_KEY the right one\?$"):
        open_office_key(private, OLD)
    assert open_office_key(private, NEW)
