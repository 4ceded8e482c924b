"""What Meta's Graph API says of a token and of the accounts it was given, as strict as its documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
FIELDS = {"id", "display_phone_number", "verified_name", "quality_rating", "code_verification_status"}


@dataclass
class FakeAccounts:
    """Of `token`: the ids of the numbers of each account. `named`: a token for all accounts names none of them."""

    token: str
    numbers: Mapping[str, Sequence[str]]
    scopes: Sequence[str] = SCOPES
    valid: bool = True
    named: bool = True
    away: int = 0  # answers that are a fault of theirs, before any other
    asked: list[str] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/{version}/debug_token", self.debug_token, methods=["GET"]),
            Route("/{version}/{account}/phone_numbers", self.phone_numbers, methods=["GET"]),
        ]

    async def debug_token(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        if set(request.query_params) != {"input_token"}:
            return _error(100, 400)
        if not self.valid or request.query_params["input_token"] != self.token:
            return JSONResponse(
                {"data": {"error": {"code": 190, "message": "x"}, "is_valid": False, "scopes": []}}
            )
        targets: dict[str, Any] = {"target_ids": list(self.numbers)} if self.named else {}
        about = {
            "app_id": "634974688087057",
            "type": "SYSTEM_USER",
            "application": "Chat",
            "data_access_expires_at": 0,
            "expires_at": 0,
            "is_valid": True,
            "issued_at": 1712099387,
            "scopes": [*self.scopes, "public_profile"],
            "granular_scopes": [{"scope": scope, **targets} for scope in self.scopes],
            "user_id": "122100000000000000",
        }
        return JSONResponse({"data": about})

    async def phone_numbers(self, request: Request) -> Response:
        account = request.path_params["account"]
        if (refused := self._refused(request)) is not None:
            return refused
        wanted = set(request.query_params.get("fields", "id").split(","))
        if account not in self.numbers or set(request.query_params) - {"fields", "limit"} or wanted - FIELDS:
            return _error(100, 400)
        if SCOPES[0] not in self.scopes:
            return _error(200, 403)
        whole = [_number(number) for number in self.numbers[account]]
        listed = [{key: value for key, value in one.items() if key in wanted} for one in whole]
        return JSONResponse({"data": listed, "paging": {"cursors": {"before": "QVF", "after": "QVG"}}})

    def _refused(self, request: Request) -> Response | None:
        self.asked.append(request.url.path.rpartition("/")[2])
        if self.away:
            self.away -= 1
            return _error(2, 503)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _error(190, 401)
        return None


def _number(number: str) -> dict[str, str]:
    return {
        "id": number,
        "display_phone_number": f"+1 555-078-{number[-4:]}",
        "verified_name": "Info Line",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
    }


def _error(code: int, status: int) -> Response:
    return JSONResponse({"error": {"message": f"(#{code}) x", "type": "OAuthException", "code": code}}, status)
