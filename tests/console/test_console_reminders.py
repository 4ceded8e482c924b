"""The daily reminder of answers that are overdue: counts, to an office's own mailbox."""

from __future__ import annotations

import io
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from console_settings import START
from console_words import make_catalogue
from console_world import BANGKOK, MAE_SOT, REFERENCE, World, make_world
from structlog.testing import capture_logs

from bot.console.app import make_desk
from bot.console.mail import Letter, PrintingPost, SmtpPost, post_for
from bot.console.reminders import Reminders
from bot.settings import SettingsError, SmtpSettings
from bot.smtp_settings import read_smtp
from bot.store.database import transaction
from bot.store.models import Office

MAILBOX = "team@office.example"


@dataclass
class Box:
    letters: list[Letter] = field(default_factory=list)
    broken: bool = False

    def send(self, letter: Letter) -> None:
        if self.broken:
            raise smtplib.SMTPServerDisconnected(letter.to)
        self.letters.append(letter)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    with transaction(made.engine) as session:
        office = session.get_one(Office, BANGKOK)
        office.digest_to, office.digest_language = MAILBOX, "en"
    return made


def reminders(world: World, box: Box) -> Reminders:
    words = make_catalogue(world.folder)
    return Reminders(make_desk(world.settings, world.engine, catalogue=words, clock=world.clock), box)


def test_an_office_is_reminded_once_a_working_day_and_only_when_an_answer_is_overdue(world: World) -> None:
    box = Box()
    worker = reminders(world, box)
    world.clock.now = START.replace(hour=3)  # Monday at 10 in Bangkok
    assert worker.remind() == 0
    world.clock.on(days=4)
    assert [worker.remind() for _ in range(3)] == [1, 0, 0]
    world.clock.on(days=1)  # Saturday
    assert worker.remind() == 0
    world.clock.on(days=2, hours=8)  # Monday after closing time
    assert worker.remind() == 0
    world.clock.on(hours=16)
    assert worker.remind() == 1
    assert {letter.to for letter in box.letters} == {MAILBOX}


def test_it_holds_counts_and_nothing_of_anybody(world: World) -> None:
    box = Box()
    world.clock.now = START.replace(hour=3)
    world.clock.on(days=4)
    reminders(world, box).remind()
    letter = box.letters[0]
    assert letter.subject == "Office console: answers are overdue"
    assert "Overdue answers: 1" in letter.text
    assert "Of these, with priority: 1" in letter.text
    for secret in (REFERENCE, "Persian", "fa", "child", "9300", BANGKOK, "Anna"):
        assert secret not in letter.text.split()
    assert "&" not in letter.text


def test_one_that_could_not_be_sent_goes_later_and_no_address_is_logged(world: World) -> None:
    box = Box(broken=True)
    worker = reminders(world, box)
    world.clock.now = START.replace(hour=3)
    world.clock.on(days=4)
    with capture_logs() as logs:
        assert worker.remind() == 0
    assert [(line["event"], line["office"], line["error"]) for line in logs] == [
        ("reminder.failed", BANGKOK, "SMTPServerDisconnected")
    ]
    assert MAILBOX not in str(logs)
    box.broken = False
    assert worker.remind() == 1


def test_an_office_without_a_mailbox_gets_none(world: World) -> None:
    with transaction(world.engine) as session:
        session.get_one(Office, BANGKOK).digest_to = None
        session.get_one(Office, MAE_SOT).digest_to = "other@office.example"
    box = Box()
    world.clock.now = START.replace(hour=3)
    world.clock.on(days=4)
    reminders(world, box).remind()
    assert [letter.to for letter in box.letters] == ["other@office.example"]


class MailServer(socketserver.StreamRequestHandler):
    """As much of a mail server as takes one letter."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                taken = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(b"".join(taken))  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def server() -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), MailServer) as listening:
        listening.letters = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.mark.network
def test_a_mail_server_takes_it(server: socketserver.TCPServer) -> None:
    host, port = server.server_address[:2]
    SmtpPost(SmtpSettings(str(host), port, "console@office.example", "", "", "none")).send(
        Letter(MAILBOX, "ملخص", "سلام 1\n")
    )
    (letter,) = server.letters  # type: ignore[attr-defined]
    assert b"To: team@office.example" in letter
    assert b"Auto-Submitted: auto-generated" in letter


def test_the_twin_prints_and_without_a_server_nothing_goes(world: World, tmp_path: Path) -> None:
    stream = io.StringIO()
    PrintingPost(stream).send(Letter(MAILBOX, "subject", "text"))
    assert stream.getvalue() == f"to {MAILBOX}: subject\ntext\n"
    assert post_for(world.settings) is None
    assert isinstance(post_for(make_world(tmp_path / "demo", demo=True).settings), PrintingPost)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SECURITY": "ssl"}, "BOT_SMTP_SECURITY"),
        ({"SECURITY": "none"}, "BOT_SMTP_SECURITY"),
        ({"PORT": "x"}, "BOT_SMTP_PORT"),
        ({"PORT": "70000"}, "BOT_SMTP_PORT"),
        ({"FROM": "nobody"}, "BOT_SMTP_FROM"),
        ({"USER": "a"}, "BOT_SMTP_PASSWORD"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], named: str) -> None:
    whole = {"HOST": "mail.example", "FROM": "console@office.example"} | given
    with pytest.raises(SettingsError, match=named):
        read_smtp({f"BOT_SMTP_{name}": value for name, value in whole.items()})


def test_the_settings_of_a_mail_server() -> None:
    assert read_smtp({}) is None
    whole = {"BOT_SMTP_HOST": "mail.example", "BOT_SMTP_FROM": "console@office.example"}
    assert read_smtp(whole) == SmtpSettings("mail.example", 587, "console@office.example", "", "", "starttls")
    tls = read_smtp(whole | {"BOT_SMTP_SECURITY": "tls"})
    assert tls is not None
    assert tls.port == 465
    assert "secret" not in repr(read_smtp(whole | {"BOT_SMTP_USER": "a", "BOT_SMTP_PASSWORD": "secret"}))
