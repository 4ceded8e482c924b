"""The keys and secrets among the settings: each is demanded, and named when it is missing or malformed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from bot.settings_error import SettingsError

KEY_BYTES = 32


def read_secret(environ: Mapping[str, str], name: str) -> str:
    """The secret of this name; `SettingsError` where there is none."""
    value = environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set. Run `bot secrets` to make one, or set it in the environment.")
    return value


def read_key(environ: Mapping[str, str], name: str) -> bytes:
    """The key of this name, `KEY_BYTES` bytes from base64; `SettingsError` says what is wrong with it."""
    try:
        key = base64.b64decode(read_secret(environ, name), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"{name} is not valid base64: give {KEY_BYTES} bytes in base64.") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{name} has {len(key)} bytes; it must have {KEY_BYTES}, in base64.")
    return key


def read_keys(environ: Mapping[str, str], name: str) -> bytes:
    """One key, or two with a comma between while one takes the other's place, the newer in front; as `sealing`."""
    given = read_secret(environ, name).split(",")
    if len(given) > 2:
        raise SettingsError(f"{name} must be one key, or two and a comma while one takes the other's place.")
    return b"".join(read_key({name: one}, name) for one in given)
