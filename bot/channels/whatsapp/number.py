"""Steps 1 and 9 on WhatsApp: which number is ours, asked of Meta where no setting says so.

A token names the business accounts it was given (`debug_token`), and an account its numbers (`phone_numbers`):
Meta, "Permissions" and "Business phone numbers".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import anyio
import structlog

from bot.channels.whatsapp.errors import fault_of
from bot.channels.whatsapp.graph import TIMEOUT, GraphError, code_of, json_of
from bot.http import Http, HttpError
from bot.settings import WhatsAppSettings

SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
AGAIN = 15.0  # seconds after a fault that may pass
REFUSED_AGAIN = 300.0  # seconds after what only an operator can put right, maybe at Meta alone
log = structlog.get_logger(__name__)


class NumberError(Exception):
    """No number can be chosen; says why and what to set. It holds Meta's ids, never a telephone number."""


@dataclass(frozen=True)
class Number:
    """One number: Meta's `id` of it, and how people see it."""

    id: str
    shown: str


async def find(
    settings: WhatsAppSettings,
    client: Http,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> str:
    """The id of our number, asked for until Meta says it; the log tells an operator what is in the way."""
    while True:
        found = await _ask(settings, client)
        if isinstance(found, Number):
            return found.id
        await sleep(found)


async def _ask(settings: WhatsAppSettings, client: Http) -> Number | float:
    """Our number, or after how many seconds to ask again."""
    try:
        return only(await numbers(settings, client))
    except NumberError as error:
        log.critical("whatsapp.off", reason=str(error))
        return REFUSED_AGAIN
    except GraphError as error:
        log.warning("whatsapp.number_unknown", error=str(error))
        return AGAIN


def only(found: list[Number]) -> Number:
    """The one number there is; `NumberError` for none or several."""
    match found:
        case [number]:
            return number
        case []:
            raise NumberError(
                "The WhatsApp account of BOT_WHATSAPP_TOKEN has no number: add one at Meta, "
                "or set BOT_WHATSAPP_PHONE_ID."
            )
    ids = ", ".join(number.id for number in found)
    raise NumberError(
        f"BOT_WHATSAPP_TOKEN reaches {len(found)} numbers: set BOT_WHATSAPP_PHONE_ID to one of {ids}. "
        "`bot whatsapp info` shows which is which."
    )


async def numbers(settings: WhatsAppSettings, client: Http) -> list[Number]:
    """Every number that the token reaches, in Meta's order.

    `NumberError` when the token is the reason that there is none, `GraphError` when that may pass.
    """
    found: dict[str, Number] = {}
    for account in await _accounts(settings, client):
        path = f"{account}/phone_numbers"
        listed = await _get(settings, client, path, fields="id,display_phone_number", limit="100")
        for one in _objects(listed):
            number = Number(str(one.get("id", "")), str(one.get("display_phone_number", "")))
            if number.id.isascii() and number.id.isdecimal():
                found[number.id] = number
    return list(found.values())


async def _accounts(settings: WhatsAppSettings, client: Http) -> list[str]:
    answer = await _get(settings, client, "debug_token", input_token=settings.token)
    about = answer.get("data")
    if not isinstance(about, dict) or not about.get("is_valid"):
        raise NumberError("BOT_WHATSAPP_TOKEN is not valid any more: make a new token at Meta and set it.")
    lacking = [scope for scope in SCOPES if scope not in _listed(about, "scopes")]
    if lacking:
        raise NumberError(
            f"BOT_WHATSAPP_TOKEN lacks {' and '.join(lacking)}: make a token that has {' and '.join(SCOPES)}."
        )
    granted = [one for one in _objects(about, "granular_scopes") if one.get("scope") in SCOPES]
    ids = dict.fromkeys(str(account) for one in granted for account in _listed(one, "target_ids"))
    accounts = [account for account in ids if account.isascii() and account.isdecimal()]
    if not accounts:
        # A token for all accounts names none of them.
        raise NumberError(
            "Meta does not say which WhatsApp account BOT_WHATSAPP_TOKEN is for: "
            "give its system user one account, or set BOT_WHATSAPP_PHONE_ID."
        )
    return accounts


async def _get(settings: WhatsAppSettings, client: Http, path: str, **asked: str) -> Mapping[str, Any]:
    headers = {"Authorization": f"Bearer {settings.token}"}
    try:
        answer = await client.get(f"{settings.api}/{path}", params=asked, headers=headers, seconds=TIMEOUT)
    except HttpError as error:
        raise GraphError(str(error)) from None
    body = json_of(answer)
    if answer.status == HTTPStatus.OK and isinstance(body, dict):
        return body
    code = code_of(body)
    fault = fault_of(code, answer.status)
    if fault.operator or fault.meaning == "refused":
        raise NumberError(
            f"Meta refuses BOT_WHATSAPP_TOKEN (code {code}): make a token that has {' and '.join(SCOPES)}, "
            "or set BOT_WHATSAPP_PHONE_ID."
        )
    raise GraphError(f"code {code}, status {answer.status}")


def _objects(of: Mapping[str, Any], name: str = "data") -> Iterator[Mapping[str, Any]]:
    return (one for one in _listed(of, name) if isinstance(one, dict))


def _listed(of: Mapping[str, Any], name: str) -> list[Any]:
    listed = of.get(name)
    return listed if isinstance(listed, list) else []
