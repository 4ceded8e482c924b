"""Step 8 of the message's way, at the door: which language an officer reads, chosen there or at any page's foot.

The officer's row keeps it. A cookie keeps the last one for the door, where nobody is known yet.
"""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.console.pages import Pages
from bot.settings import Settings

FIELD = "language"  # of a form, or in an address
KEPT = timedelta(days=365)
_PLACE = re.compile(
    r"/(?:(?:referrals|offices)/[0-9A-Z-]{1,16}|me|office|officers|offices|figures|criteria|settings|audit)?"
)


def asked_for(request: Request, pages: Pages) -> str | None:
    """The language that this form or address asks for; None when it asks for none, or one that we have not."""
    form = getattr(request.state, "form", {})
    wished = form.get(FIELD) or request.query_params.get(FIELD)
    return wished if wished in pages.languages else None


def last_read(request: Request, settings: Settings) -> str | None:
    """The language that the last officer at this browser read; None when it is not known."""
    return request.cookies.get(_cookie(settings))


def remember(response: Response, language: str, settings: Settings) -> None:
    """Let the door be in `language` from now on, in this browser."""
    age, tls = int(KEPT.total_seconds()), settings.secure_cookies
    response.set_cookie(_cookie(settings), language, age, path="/", secure=tls, httponly=True, samesite="strict")


def back_to(place: str) -> str:
    """The page to go back to after a choice; the list for anything that is no page of ours."""
    return place if _PLACE.fullmatch(place) else "/"


def _cookie(settings: Settings) -> str:
    return "__Host-language" if settings.secure_cookies else "language"
