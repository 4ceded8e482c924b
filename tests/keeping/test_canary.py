"""What people and officers said is found nowhere in the clear: not in the database, a backup, a log or a page."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from gateway_rig import Gateway
from keeping_world import CONSOLE_KEY, CONTENT, PRIVATE, REFER, Installation, Rigged, installed
from turns import says

from bot.channels.channel import Location, Pressed
from bot.console.app import create_app
from bot.console.sessions import start_session
from bot.conversation.purge import Purge
from bot.conversation.turn_engine import EngineAwayError
from bot.gateway import create_gateway
from bot.keeping.backup import make_backup
from bot.keeping.restore import Place, restore
from bot.referrals import lifecycle
from bot.referrals.intake import write_to_office
from bot.store.database import now, transaction
from bot.store.erased import ledger_of
from bot.store.models import Office, Officer, Person, Referral
from bot.store.sealing import open_office_key, seal

NAMES = (
    "Marisol Quetzaltepec",
    "Żółcisława",
    "ချောစုဝေလွင်",
    "فرزانه گلچهرگان",
    "नवराजेश्वरी",
    "Nguyễn Thị Khuất",
    "සුමනාවතී",
    "இளவேனிற்செல்வி",
)
PLACES = ("Quibdózalo", "เชียงกลางดอย", "Tanjung Kerawitan", "ঝিনাইগাতীপুর")
PEOPLE, EACH = 5, 5  # people, and how many names, places, numbers, answers… each of them brings


def one_each(number: int) -> dict[str, str]:
    """Eight things that stand in no other `number`'s eight."""
    return {
        "name": f"{NAMES[number % len(NAMES)]} N{number:02}x",
        "place": f"{PLACES[number % len(PLACES)]} P{number:02}x",
        "number": f"+66 91 {7310000 + number * 7919}",
        "answer": f"canary_answer_{number:02}x",
        "words": f"canary «told» to the office {number:02}x",
        "reply": f'canary "reply" of an officer {number:02}x',
        "note": f"canary\tnote of an officer {number:02}x",
        "address": f"canary.address.{number:02}x",
    }


ALL = [one for number in range(PEOPLE * EACH) for one in one_each(number).values()]


def secrets_of(person: int) -> dict[str, str]:
    """What this person says and is told: each part with several of the two hundred in it."""
    own = [one_each(number) for number in range(person * EACH, (person + 1) * EACH)]
    return {part: " / ".join(one[part] for one in own) for part in own[0]}


def forms(secret: str) -> Iterator[bytes]:
    """Every form in which the bytes of a file might hold it."""
    for words in (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    ):
        yield words.encode()
        yield words.encode("utf-16-le")
        yield words.encode("utf-16-be")


def found(haystacks: Sequence[tuple[str, bytes]]) -> list[tuple[str, str]]:
    needles = {(secret, form) for secret in ALL for form in forms(secret)}
    haystacks = [(where, held) for where, held in haystacks if held]
    return [(where, secret) for where, held in haystacks for secret, form in needles if form in held]


async def chat(gateway: Gateway, person: int) -> None:
    """A talk with everything in it, and a referral at its end."""
    own = secrets_of(person)
    address = own["address"]
    state = {"slots": {"name": own["name"], "place": own["place"], "answer": own["answer"]}}
    gateway.engine.answer = says("ask_consent", state=state)
    await gateway.talk(f"I am {own['name']} in {own['place']}, {own['number']}", address=address)
    await gateway.bring(Location(13.7563, 100.5018), address=address)
    contact = {"way": "call", "number": own["number"], "time": "any", "style": []}
    content = {**CONTENT, "answers": {"age": own["answer"]}, "contact": contact}
    effect = {**REFER, "reference": f"K7PM-{2000 + person}", "content": content}
    gateway.engine.answer = says("ask_consent", state=state)
    await gateway.take_all()
    await gateway.send_all()
    gateway.engine.answer = says("ask_age", do=[effect], state=state)
    await gateway.press("Yes, send it", address=address)


async def trouble(gateway: Gateway, person: int) -> None:
    """Every kind of fault, whose words hold what is secret."""
    own = secrets_of(person)
    for error in (RuntimeError(own["name"]), EngineAwayError("ConnectError"), ValueError(own["place"])):
        gateway.engine.answer = error
        await gateway.bring(f"{own['name']} again", address=own["address"])
        await gateway.dialogue.take_one()
        gateway.clock.forward(minutes=1)
    gateway.engine.answer = says("ask_age", state={"slots": {"name": own["name"]}})
    gateway.channel.errors.append(RuntimeError(own["number"]))
    await gateway.take_all()
    await gateway.outbox.send_one()
    await gateway.inbox.set_aside("test", own["name"].encode())
    await gateway.bring(Pressed(own["name"]), address=own["address"])


def office(gateway: Gateway, person: int) -> None:
    """The person writes to the office, which notes, answers and closes."""
    own, settings, at = secrets_of(person), gateway.means.settings, gateway.clock()
    with transaction(gateway.means.database) as session:
        referral = session.query(Referral).filter(Referral.reference == f"K7PM-{2000 + person}").one()
        officer = session.get_one(Officer, 1)
        write_to_office(session, settings, session.get_one(Person, referral.person_id), own["words"], at)
        lifecycle.open_for(session, referral, officer, at)
        lifecycle.accept(session, referral.id, officer, "1", at)
        lifecycle.note(session, referral.id, officer, own["note"], "2", at)
        lifecycle.reply(
            session,
            settings.field_key,
            referral.id,
            officer,
            own["reply"],
            "3",
            at,
            neutral=False,
            override="agreed",
        )


def pages(gateway: Gateway, made: Installation) -> list[tuple[str, bytes]]:
    """What both processes answer to whoever is not signed in, to what is wrong and to what is not there."""
    settings = made.settings()
    console = create_app(settings, gateway.means.database, catalogue=gateway.means.catalogue)
    public = create_gateway(gateway.means).app

    async def ask() -> list[tuple[str, bytes]]:
        answers = []
        for app in (console, public):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as one:
                for path in ("/", "/login", "/referrals/K7PM-2000", "/search?q=canary", "/nothing", "/healthz"):
                    answer = await one.get(path)
                    answers.append((path, answer.content + str(answer.headers).encode()))
        return answers

    return asyncio.run(ask())


def figures(gateway: Gateway, made: Installation) -> tuple[str, bytes]:
    """The page of figures as someone of the programme sees it."""
    settings = made.settings()
    with transaction(gateway.means.database) as session:
        cookie = start_session(session, 2, now(), None)
    app = create_app(settings, gateway.means.database, catalogue=gateway.means.catalogue)

    async def ask() -> bytes:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as one:
            answer = await one.get("/figures", headers={"cookie": f"console={cookie}"})
            assert answer.status_code == 200
            return answer.content

    return "figures", asyncio.run(ask())


def lived(made: Installation) -> list[tuple[str, bytes]]:
    """All that happens to all of them; the pages that were shown."""
    with Rigged(made) as gateway:
        with transaction(gateway.means.database) as session:
            for number, role in ((1, "officer"), (2, "programme")):
                sealed = seal(CONSOLE_KEY, "totp")
                officer = Officer(id=number, office_id="TH-BKK", login=role, display_name=role, password_hash="x")
                officer.role, officer.totp_secret = role, sealed
                session.add(officer)
        for person in range(PEOPLE):
            asyncio.run(chat(gateway, person))
            office(gateway, person)
            asyncio.run(trouble(gateway, person))
        asyncio.run(gateway.send_all())
        assert sum(secrets_of(0)["reply"] in bubble.text for _, bubble in gateway.channel.sent) == 1
        shown = [*pages(gateway, made), figures(gateway, made)]
        gateway.engine.answer = says("erased", do=[{"effect": "erase"}])
        asyncio.run(gateway.talk("erase everything", address=secrets_of(0)["address"]))
        backup = made.home / "backup" / "one.sealed"
        make_backup(made.database, backup, bytes(PRIVATE.public_key), now())
        shutil.copy(made.database, made.home / "copied-while-running.sqlite3")
        if (wal := made.database.with_name("bot.sqlite3-wal")).exists():
            shutil.copy(wal, made.home / "copied-while-running.sqlite3-wal")
        Purge(gateway.means).forget(gateway.clock())
    restore(backup, bytes(PRIVATE), Place(made.database, made.settings(), ledger_of(made.settings()), now()))
    return shown


def test_two_hundred_secrets_are_found_nowhere_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(set(ALL)) == 200
    made = installed(tmp_path / "home")
    (made.home / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made.home / "tmp"))
    shown = lived(made)
    printed = "".join(capfd.readouterr()).encode()
    kept = [(str(path), path.read_bytes()) for path in made.home.rglob("*") if path.is_file()]
    assert {"bot.sqlite3", "one.sealed", "secrets.env"} <= {Path(where).name for where, _ in kept}
    assert b"turn.failed" in printed
    assert b"outbox.failed" in printed
    assert found([*kept, *shown, ("printed", printed)]) == []


def test_the_search_would_find_them() -> None:
    everything = "\n".join(ALL)
    assert {secret for _, secret in found([("file", everything.encode())])} == set(ALL)
    hidden = one_each(1)["name"]
    for form in (json.dumps({"n": hidden}).encode(), hidden.encode("utf-16-le"), hidden.encode("utf-16-be")):
        assert found([("file", form)]) == [("file", hidden)]


def test_what_is_found_nowhere_is_still_there_for_its_office(tmp_path: Path) -> None:
    made = installed(tmp_path / "home")
    with Rigged(made) as gateway:
        asyncio.run(chat(gateway, 3))
        with transaction(gateway.means.database) as session:
            referral = session.query(Referral).one()
            key = open_office_key(session.get_one(Office, referral.office_id).private_key, CONSOLE_KEY)
            assert key.unseal(referral.sealed)["answers"] == {"age": secrets_of(3)["answer"]}
            assert referral.contact is not None
            assert key.unseal(referral.contact)["number"] == secrets_of(3)["number"]
