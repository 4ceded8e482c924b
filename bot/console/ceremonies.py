"""Step 8 of the message's way, at the door: what a browser is asked about a passkey, and whether its answer holds.

All by the library `webauthn`. Nobody has to say who made a device (attestation none); it has to know its owner
(user verification), and to find the passkey without a name being typed (a discoverable credential).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.console.passkeys import LASTS, Site
from bot.store.models import Officer, Passkey

TIMEOUT = round(LASTS.total_seconds() * 1000)  # milliseconds
LONGEST_ANSWER = 16 * 1024  # characters: a browser's answer has some hundred
LONGEST_CREDENTIAL = 1023  # bytes, as the standard says


class PasskeyError(Exception):
    """A browser's answer does not hold. Why is never said."""


@dataclass(frozen=True)
class Presented:
    """What an answer says of itself, before anything of it is believed."""

    credential: bytes
    handle: bytes
    challenge: bytes


@dataclass(frozen=True)
class NewKey:
    """A passkey that was made for us."""

    credential: bytes
    public_key: bytes
    sign_count: int


def ask_to_make(
    site: Site, officer: Officer, handle: bytes, known: Sequence[Passkey], challenge: bytes, issuer: str
) -> str:
    """The question, as JSON for the browser, to make a passkey on a device that has none of `known`."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=issuer,
        user_id=handle,
        user_name=officer.login,
        user_display_name=officer.display_name,
        challenge=challenge,
        timeout=TIMEOUT,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return options_to_json(options)


def ask_to_sign(site: Site, challenge: bytes) -> str:
    """The question, as JSON for the browser, to sign in with a passkey of this site, whosever it is."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=TIMEOUT,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def challenge_made_for(answer: str) -> bytes:
    """The challenge that a newly made passkey's answer names; `PasskeyError` when it is no such answer."""
    try:
        made = parse_registration_credential_json(_short(answer))
        return parse_client_data_json(made.response.client_data_json).challenge
    except Exception as error:
        raise PasskeyError from error


def read_presented(answer: str) -> Presented:
    """What a passkey's answer at the door names; `PasskeyError` when it is no such answer."""
    try:
        given = parse_authentication_credential_json(_short(answer))
        challenge = parse_client_data_json(given.response.client_data_json).challenge
    except Exception as error:
        raise PasskeyError from error
    return Presented(given.raw_id, given.response.user_handle or b"", challenge)


def read_made(site: Site, challenge: bytes, answer: str) -> NewKey:
    """The new passkey; `PasskeyError` unless it was made for this challenge and site, by its verified owner."""
    try:
        made = verify_registration_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyError from error
    if not 0 < len(made.credential_id) <= LONGEST_CREDENTIAL:
        raise PasskeyError
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def sign_count_in(site: Site, challenge: bytes, answer: str, passkey: Passkey) -> int:
    """The device's new count; `PasskeyError` unless `passkey` signed this challenge for this site, now.

    A count that is not higher than the last one, where the device counts, is that of a copy.
    """
    try:
        signed = verify_authentication_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyError from error
    return signed.new_sign_count


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyError
    return answer
