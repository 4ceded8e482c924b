"""Each role on each route, about its own office and about another: walked, not listed."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from console_settings import START
from console_world import BANGKOK, FOREIGN, MAE_SOT, REFERENCE, Browser, World, add_roles, make_world, send
from sqlalchemy import select
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from bot.console.rights import CASEWORK, HOME, OPEN, RIGHTS, Role
from bot.referrals.history import record
from bot.store.database import transaction
from bot.store.models import Officer, OfficerSession, Referral, ReferralEvent

NOWHERE = "YYYY-2222"
SAID = "a word of the person alone"
NEED = "Needs an interpreter"  # what every referral here holds, sealed
# What stands for a part of an address: ours, another office's, and what does not exist.
PARTS: Mapping[str, tuple[str, str, str]] = {
    "reference": (REFERENCE, FOREIGN, NOWHERE),
    "officer": ("anna", "far", "nobody"),
    "office": (BANGKOK, MAE_SOT, "XX-YYY"),
}
# A question that a page needs, to have an answer at all.
QUESTIONS: Mapping[str, str] = {"changes": "?since=0", "search": f"?reference={REFERENCE}"}
# Who is not held to one office, for which part of an address.
EVERY_OFFICE = {(Role.ADMIN, "officer"), (Role.ADMIN, "office")}
WHO = {role: "ben" if role is Role.OFFICER else role.value for role in Role}
PART = re.compile(r"\{(\w+)(?::\w+)?\}")
FRESH = re.compile(r'value="[0-9a-f]{32,64}"|value="[\w-]{43}"')


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    with transaction(world.engine) as session:
        for reference in (REFERENCE, FOREIGN):
            referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
            record(session, referral, "person_wrote", START, words={"text": SAID})
    return world


def routes(world: World) -> Iterator[tuple[str, str, str]]:
    """Name, method and address of every route that needs a session."""
    for route in world.app.routes:
        assert isinstance(route, Route)
        if route.name not in OPEN:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield route.name, method, route.path


def filled(world: World, path: str, which: int) -> str:
    """The address with our own (0), another office's (1) or nothing's (2) in its parts."""
    logins = dict.fromkeys(("nobody",), 0)
    with transaction(world.engine) as session:
        logins |= {officer.login: officer.id for officer in session.scalars(select(Officer))}

    def part(match: re.Match[str]) -> str:
        assert match[1] in PARTS, f"Say in PARTS what stands for {match[0]} of {path}."
        value = PARTS[match[1]][which]
        return str(logins[value]) if match[1] == "officer" else value

    return PART.sub(part, path)


def ask(world: World, role: Role, method: str, path: str) -> httpx.Response:
    browser = world.signed_in(WHO[role])
    if method == "GET":
        return browser.get(path)
    with transaction(world.engine) as session:
        kept = hashlib.sha256(browser.cookies["console"].encode()).hexdigest()
        csrf = session.get_one(OfficerSession, kept).csrf
    return browser.post(path, {"key": secrets.token_hex(16), "csrf": csrf})


def bare(answer: httpx.Response, *names: str) -> tuple[int, str, str]:
    """What an answer says, without what is new in every answer and without the names that the address held."""
    text = FRESH.sub("", answer.text)
    for name in names:
        text = text.replace(name, "")
    return answer.status_code, text, answer.headers.get("location", "")


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    names = [route.name for route in world.app.routes if isinstance(route, Route)]
    assert len(names) == len(world.app.routes) == len(set(names))
    assert set(names) == set(RIGHTS) | OPEN
    assert not set(RIGHTS) & OPEN


@pytest.mark.parametrize("role", Role)
def test_a_role_may_ask_for_what_its_row_says_and_for_nothing_else(world: World, role: Role) -> None:
    shut = bare(world.signed_in(WHO[role]).get("/nothing-here"))
    assert shut[0] == 404
    for name, method, path in routes(world):
        answer = ask(world, role, method, filled(world, path, 0) + QUESTIONS.get(name, ""))
        if role in RIGHTS[name]:
            assert answer.status_code not in {403, 404, 405, 500}, (name, answer.status_code)
        elif path == "/":
            assert (answer.status_code, answer.headers["location"]) == (303, HOME[role])
        else:
            assert bare(answer) == shut, name


@pytest.mark.parametrize("role", Role)
def test_what_is_another_offices_answers_like_what_does_not_exist(world: World, role: Role) -> None:
    before = of_mae_sot(world)
    for name, method, path in routes(world):
        parts = PART.findall(path)
        if not parts or any((role, part) in EVERY_OFFICE for part in parts):
            continue
        foreign, nothing = (ask(world, role, method, filled(world, path, which)) for which in (1, 2))
        assert nothing.status_code == 404, name
        assert bare(foreign) == bare(nothing), name
    assert of_mae_sot(world) == before


def of_mae_sot(world: World) -> list[object]:
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == FOREIGN)).one()
        far = session.scalars(select(Officer).where(Officer.login == "far")).one()
        events = select(ReferralEvent.id).where(ReferralEvent.referral_id == referral.id)
        return [
            *(getattr(referral, column.name) for column in Referral.__table__.columns),
            *(getattr(far, column.name) for column in Officer.__table__.columns),
            *session.scalars(events),
        ]


def asked_in_every_way(world: World, browser: Browser, reference: str) -> dict[str, tuple[int, str, str]]:
    """Every list, search, count, figure and export of one officer, by address."""
    said = {}
    for _, method, path in routes(world):
        if method == "GET" and not PART.search(path):
            for query in ("", "tab=mine", f"reference={reference}", "since=0"):
                said[f"{path}?{query.replace(reference, '')}"] = bare(browser.get(f"{path}?{query}"), reference)
    return said


@pytest.mark.parametrize("role", sorted(CASEWORK))
def test_lists_searches_and_counts_know_nothing_of_another_office(world: World, role: Role) -> None:
    browser = world.signed_in(WHO[role])
    before = asked_in_every_way(world, browser, NOWHERE)
    with transaction(world.engine) as session:
        for number in range(12):
            send(session, world.settings, f"ZZZZ-10{number:02}", MAE_SOT)
    after = asked_in_every_way(world, browser, FOREIGN)
    assert len(before) > 10
    assert after == before
    for _, text, where in after.values():
        assert "ZZZZ" not in text + where
    assert any(REFERENCE in text for _, text, _ in after.values())


@pytest.mark.parametrize("role", sorted(set(Role) - CASEWORK))
def test_who_works_no_referrals_reads_neither_contact_nor_words(world: World, role: Role) -> None:
    for _, method, path in routes(world):
        for which in (0, 1) if PART.search(path) else (0,):
            answer = ask(world, role, method, filled(world, path, which))
            for secret in ("343 9300", SAID, NEED):
                assert secret not in answer.text, path
    case = world.signed_in("ben").get(f"/referrals/{REFERENCE}").text
    assert SAID in case
    assert NEED in case


@pytest.mark.parametrize("role", Role)
def test_each_role_starts_from_a_page_that_it_may_see(world: World, role: Role) -> None:
    browser = world.signed_in(WHO[role])
    assert browser.get(HOME[role]).status_code == 200
    shown = re.findall(r'href="(/[a-z]*)"', browser.get("/me").text)
    assert "/me" in shown
    for path in set(shown):
        assert browser.get(path).status_code == (303 if path == "/" != HOME[role] else 200), path


def test_what_has_no_row_is_refused(world: World) -> None:
    def say(_: object) -> PlainTextResponse:
        return PlainTextResponse("inside")

    world.app.router.routes += [
        Route("/forgotten", say, methods=["GET"], name="forgotten"),
        Route("/unnamed", say, methods=["GET"]),
        Mount("/mounted", routes=[Route("/page", say, methods=["GET"], name="queue")]),
    ]
    for role in Role:
        for path in ("/forgotten", "/unnamed", "/mounted/page"):
            answer = world.signed_in(WHO[role]).get(path)
            assert (answer.status_code, "inside" in answer.text) == (404, False), (role, path)


def test_another_role_counts_from_the_next_request_on_and_an_unknown_one_for_nothing(world: World) -> None:
    browser = world.signed_in("ben")
    place = f"/referrals/{REFERENCE}"
    for role, status in (("auditor", 404), ("lead", 200), ("someone", 404)):
        with transaction(world.engine) as session:
            session.scalars(select(Officer).where(Officer.login == "ben")).one().role = role
        assert browser.get(place).status_code == status
    assert browser.get("/me").status_code == 404


def test_offices_are_told_apart_by_the_row_not_by_the_form(world: World) -> None:
    lead = world.signed_in("lead")
    form = lead.fields("/officers") | {"login": "new", "name": "New", "office": MAE_SOT, "role": "admin"}
    assert lead.post("/officers", form).status_code == 200
    with transaction(world.engine) as session:
        made = session.scalars(select(Officer).where(Officer.login == "new")).one()
        assert (made.office_id, made.role) == (BANGKOK, "officer")
