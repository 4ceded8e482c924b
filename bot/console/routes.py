"""Step 8 of the message's way: the console's pages by address. Each has a name, by which `rights` knows it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.console.acts import ACTS, do_act, reveal
from bot.console.audit_pages import show_audit
from bot.console.criteria_pages import show_criteria_changes
from bot.console.desk import Desk
from bot.console.dismissing import dismiss_many
from bot.console.door import choose_language, enter, leave, show_login
from bot.console.figures_pages import export_figures, show_figures
from bot.console.invitation_pages import accept_invitation, show_invitation
from bot.console.office_pages import change, place, show_office
from bot.console.office_places import show_map
from bot.console.officer_pages import disable, invite_officer, reset, set_role, show_officers
from bot.console.own_pages import end_session, renew_codes, show_own
from bot.console.passkey_pages import (
    ask_for_passkey,
    begin_passkey,
    drop_passkey,
    enter_with_passkey,
    keep_passkey,
)
from bot.console.queue_pages import changes, search, show_list
from bot.console.referral_pages import show_one
from bot.console.set_up_pages import show_criteria, show_offices, show_settings
from bot.console.sheet_pages import show_sheet
from bot.store.schema import Schema, schema_of

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ONE = "/referrals/{reference}"


def make_routes(desk: Desk) -> list[Route]:
    """Every page and every act of the console. A route without a row in `RIGHTS` is refused."""
    return [*_door(desk), *_own(desk), *_officers(desk), *_referrals(desk), *_overview(desk)]


def _door(desk: Desk) -> list[Route]:
    return [
        Route("/login", partial(show_login, desk), methods=["GET"], name="login"),
        Route("/login", partial(enter, desk), methods=["POST"], name="enter"),
        Route("/logout", partial(leave, desk), methods=["POST"], name="logout"),
        Route("/language", partial(choose_language, desk), methods=["POST"], name="language"),
        _file("console.css", "style"),
        _file("icon.svg", "icon"),
        Route("/invitation/{token}", partial(show_invitation, desk), methods=["GET"], name="invitation"),
        Route("/invitation/{token}", partial(accept_invitation, desk), methods=["POST"], name="take_up"),
        Route("/passkey", partial(ask_for_passkey, desk), methods=["POST"], name="ask_for_passkey"),
        Route("/passkey/enter", partial(enter_with_passkey, desk), methods=["POST"], name="enter_with_passkey"),
        _file("passkey.js", "passkey_script"),
        Route("/healthz", _healthz, methods=["GET"], name="healthz"),
        Route("/readyz", partial(_readyz, desk), methods=["GET"], name="readyz"),
    ]


def _own(desk: Desk) -> list[Route]:
    return [
        Route("/me", partial(show_own, desk), methods=["GET"], name="me"),
        Route("/me/sessions", partial(end_session, desk), methods=["POST"], name="end_session"),
        Route("/me/codes", partial(renew_codes, desk), methods=["POST"], name="renew_codes"),
        Route("/me/passkeys", partial(begin_passkey, desk), methods=["POST"], name="begin_passkey"),
        Route("/me/passkeys/keep", partial(keep_passkey, desk), methods=["POST"], name="keep_passkey"),
        Route("/me/passkeys/remove", partial(drop_passkey, desk), methods=["POST"], name="drop_passkey"),
    ]


def _officers(desk: Desk) -> list[Route]:
    one = "/officers/{officer:int}"
    return [
        Route("/officers", partial(show_officers, desk), methods=["GET"], name="officers"),
        Route("/officers", partial(invite_officer, desk), methods=["POST"], name="invite"),
        Route(f"{one}/disable", partial(disable, desk), methods=["POST"], name="disable_officer"),
        Route(f"{one}/reset", partial(reset, desk), methods=["POST"], name="reset_officer"),
        Route(f"{one}/role", partial(set_role, desk), methods=["POST"], name="change_role"),
    ]


def _referrals(desk: Desk) -> list[Route]:
    return [
        Route("/", partial(show_list, desk), methods=["GET"], name="queue"),
        Route("/search", partial(search, desk), methods=["GET"], name="search"),
        Route(ONE, partial(show_one, desk), methods=["GET"], name="referral"),
        Route(f"{ONE}/sheet", partial(show_sheet, desk), methods=["GET"], name="sheet"),
        *(Route(f"{ONE}/{name}", partial(do_act, desk, name), methods=["POST"], name=name) for name in ACTS),
        Route(f"{ONE}/reveal", partial(reveal, desk), methods=["POST"], name="reveal"),
        Route("/queue/changes", partial(changes, desk), methods=["GET"], name="changes"),
        Route("/queue/dismiss", partial(dismiss_many, desk), methods=["POST"], name="dismiss"),
        _file("queue.js", "queue_script"),
        Route("/office", partial(show_office, desk), methods=["GET"], name="office"),
        Route("/office", partial(change, desk), methods=["POST"], name="change_office"),
    ]


def _overview(desk: Desk) -> list[Route]:
    return [
        Route("/figures", partial(show_figures, desk), methods=["GET"], name="figures"),
        Route("/figures", partial(export_figures, desk), methods=["POST"], name="export_figures"),
        Route("/offices", partial(show_offices, desk), methods=["GET"], name="offices"),
        Route("/offices/{office}", partial(show_office, desk), methods=["GET"], name="one_office"),
        Route("/offices/{office}", partial(change, desk), methods=["POST"], name="change_one_office"),
        Route("/offices/{office}/place", partial(place, desk), methods=["POST"], name="place_office"),
        Route("/map.svg", partial(show_map, desk), methods=["GET"], name="office_map"),
        Route("/criteria", partial(show_criteria, desk), methods=["GET"], name="criteria"),
        Route("/criteria/changes", partial(show_criteria_changes, desk), methods=["GET"], name="criteria_changes"),
        Route("/settings", partial(show_settings, desk), methods=["GET"], name="settings"),
        Route("/audit", partial(show_audit, desk), methods=["GET"], name="audit"),
    ]


def _file(file: str, name: str) -> Route:
    content, kind = (STATIC / file).read_bytes(), KINDS[Path(file).suffix]
    return Route(f"/static/{file}", lambda _: Response(content, media_type=kind), methods=["GET"], name=name)


def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _readyz(desk: Desk, _request: Request) -> Response:
    schema = schema_of(desk.engine)
    return JSONResponse({"database": schema.value}, 200 if schema in {Schema.OK, Schema.NEWER} else 503)
