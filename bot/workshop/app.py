"""Beside the message's way: the workshop put together, a web application for the translators at this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.language.audio import recording
from bot.language.glossary import GlossaryError
from bot.language.inspection import CatalogueError
from bot.language.languages import Language
from bot.language.recorder import LARGEST, AudioError, keep_recording, make_placeholder
from bot.workshop.guard import Guard
from bot.workshop.pages import beside_string, environment, phones
from bot.workshop.seen import CHANNELS
from bot.workshop.signing import keep_backs, sheet
from bot.workshop.stage import Stage
from bot.workshop.strings import AUDIO, STATES, Kept, Row, chosen, progress, stamp

STATIC = Path(__file__).parent / "static"
ALL = "all"


@dataclass(frozen=True)
class Workshop:
    """The pages over one stage."""

    stage: Stage
    kept: Kept
    templates: Environment

    def start(self, _request: Request) -> Response:
        """Every language and how far it is."""
        languages = self.stage.languages()
        counted = [(language, progress(self.kept.rows(language.code))) for language in languages]
        return self._page("start.html", counted=counted)

    def strings(self, request: Request) -> Response:
        """The strings of a language, and one of them in its place."""
        language = self._language(request)
        asked = {name: request.query_params.get(name, "") for name in ("state", "text", "channel", "beside")}
        every = self.kept.rows(language.code)
        rows = chosen(every, asked["state"], asked["text"])
        wanted = request.query_params.get("string", "")
        row = next((one for one in every if one.id == wanted), rows[0] if rows else None)
        return self._page(
            "strings.html",
            language=language,
            rows=rows,
            row=row,
            asked=asked,
            progress=progress(every),
            states=(*STATES, "found", *AUDIO),
            channels=(ALL, *CHANNELS),
            link=lambda **changed: "?" + urlencode({**asked, **({"string": row.id} if row else {}), **changed}),
            phones=self._phones(row, language, asked) if row else [],
            beside=beside_string(self.stage, row, language.code) if row else {},
            stamp=stamp(self.stage, language.code),
        )

    def stamp(self, request: Request) -> Response:
        """A word that changes with the translations: a page that shows an older one asks for itself again."""
        return PlainTextResponse(stamp(self.stage, self._language(request).code))

    def sheet(self, request: Request) -> Response:
        """The texts that a reviewer signs, to be printed."""
        language = self._language(request)
        signed = sheet(self.stage.locales, language.code, self.kept.rows(language.code))
        return self._page("sheet.html", language=language, signed=signed)

    async def keep_sheet(self, request: Request) -> Response:
        """What the reviewer wrote as a translation back."""
        language = self._language(request)
        async with request.form(max_files=0) as form:
            given = {name: words for name, words in form.items() if isinstance(words, str)}
        signed = sheet(self.stage.locales, language.code, self.kept.rows(language.code))
        keep_backs(self.stage.locales, language.code, signed, given)
        return RedirectResponse(f"/{language.code}/sheet", HTTPStatus.SEE_OTHER)

    def listen(self, request: Request) -> Response:
        """The recording of a string."""
        language, row = self._language(request), self._row(request)
        found = recording(self.stage.locales, language.code, row.entry.context, row.text)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no recording of this text.")
        return FileResponse(found.path, media_type="audio/ogg")

    async def record(self, request: Request) -> Response:
        """A recording kept in the place of an earlier one; with `?spoken=1` the computer's voice stands in."""
        language, row = self._language(request), self._row(request)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return JSONResponse({"problem": "The recording is too long."}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        where = (self.stage.locales, language.code, row.entry.context, row.text)
        try:
            if "spoken" in request.query_params:
                make_placeholder(*where)
            else:
                keep_recording(*where, bytes(body))
        except AudioError as error:
            return JSONResponse({"problem": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def trouble(self, _request: Request, error: Exception) -> Response:
        """What went wrong, in one sentence."""
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.CONFLICT
        said = error.detail if isinstance(error, HTTPException) else str(error)
        return self._page("trouble.html", status, said=said)

    def _phones(self, row: Row, language: Language, asked: Mapping[str, str]) -> Any:
        return phones(self.stage, row, language.code, asked["channel"], beside=asked["beside"] == "en")

    def _language(self, request: Request) -> Language:
        code = request.path_params["language"]
        if code not in {language.code for language in self.stage.languages()}:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such language with a messages.po.")
        return self.stage.sources.catalogue.language(code)

    def _row(self, request: Request) -> Row:
        rows = self.kept.rows(request.path_params["language"])
        found = [row for row in rows if row.id == request.path_params["string"]]
        if not found:
            raise HTTPException(HTTPStatus.NOT_FOUND, "English has no such string any more.")
        return found[0]

    def _page(self, name: str, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(name).render(**values), status)


def create_app(stage: Stage) -> Starlette:
    """The workshop as an ASGI application."""
    shop = Workshop(stage, Kept(stage, {}), environment())
    troubles = (HTTPException, CatalogueError, GlossaryError)
    return Starlette(
        routes=[
            Route("/", shop.start),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/{language}/", shop.strings),
            Route("/{language}/stamp", shop.stamp),
            Route("/{language}/sheet", shop.sheet, methods=["GET"]),
            Route("/{language}/sheet", shop.keep_sheet, methods=["POST"]),
            Route("/{language}/{string}/audio", shop.listen, methods=["GET"]),
            Route("/{language}/{string}/audio", shop.record, methods=["POST"]),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers=dict.fromkeys(troubles, shop.trouble),
    )
