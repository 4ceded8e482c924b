"""Officers who are invited, and what they do with their link, for the tests of both."""

from __future__ import annotations

import html
import re

import httpx
from console_world import Browser, World
from sqlalchemy import select

from bot.console.passwords import code_at
from bot.store.database import transaction
from bot.store.models import Officer

PASSWORD = "orbit lantern gravel sonnet"
LINK = re.compile(r'value="http://127\.0\.0\.1:8001(/invitation/[\w-]{43})"')
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
CODE = re.compile(r"\d{4}-\d{4}-\d{4}")


def invite(world: World, by: str = "lead", login: str = "new@example.org", **form: str) -> httpx.Response:
    browser = world.signed_in(by)
    return browser.post("/officers", browser.fields("/officers") | {"login": login, "name": "Nuri"} | form)


def link_in(answer: httpx.Response) -> str:
    found = LINK.search(answer.text)
    assert found, answer.text
    return found[1]


def take_up(world: World, browser: Browser, link: str, **instead: str) -> httpx.Response:
    page = browser.get(link).text
    secret = re.search(r"secret=([A-Z2-7]+)", html.unescape(page))
    assert secret
    form = dict(FIELD.findall(page)) | {"password": PASSWORD, "again": PASSWORD}
    return browser.post(link, form | {"code": code_at(secret[1], world.clock())} | instead)


def sign_in(world: World, login: str, code: str, password: str = PASSWORD) -> Browser | None:
    browser = world.browser()
    answer = browser.post("/login", {"login": login, "password": password, "code": code})
    return browser if answer.status_code == 303 else None


def officer(world: World, login: str) -> Officer:
    with transaction(world.engine) as session:
        return session.scalars(select(Officer).where(Officer.login == login)).one()
