"""What is wrong after a run, told from the database and from the platforms' own records alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from chaos_people import ERASES, LEAVES, STAYS, YES, Delivery, Platforms, Writer
from fake_graph_api import text_of
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.referrals.audit import verify
from bot.store.models import Audit, Consent, Incoming, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal

STEP = re.compile(r"\bP\d{5}/\d\d\b")
REFERENCE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")


@dataclass
class Found:
    """`wrong`: one line each, naming people by their number. `doubles`: bubbles that came twice (`doubled`)."""

    wrong: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    doubles: int = 0
    referrals: int = 0
    most_doubles: int = 0  # of one person

    def unless(self, right: bool, what: str) -> None:
        if not right:
            self.wrong.append(what)


@dataclass(frozen=True)
class Kept:
    """What the database has of one person."""

    person: Person
    heard: list[str]
    said: list[str]
    referrals: list[Referral]
    acts: Counter[str]


def check(
    database: Engine, key: bytes, platforms: Platforms, people: Sequence[Writer], acknowledged: Iterable[Delivery]
) -> Found:
    """Everything that a run may not have done. All deliveries were made, and nothing waits any more."""
    found, delivered = Found(), {(one.who, one.step) for one in acknowledged}
    texts = texts_by_person(platforms)
    with Session(database) as session:
        check_all(session, found, len(delivered))
        by_address = {unseal(key, one.address): one for one in session.scalars(select(Person))}
        for writer in people:
            found.unless(
                {(writer.name, step) for step in range(len(writer.messages))} <= delivered,
                f"{writer.name}: not all was acknowledged",
            )
            read = texts[writer.channel, writer.address]
            _check_reading(found, writer, read)
            person = by_address.get(writer.address)
            kept = None if person is None else _kept(session, key, person)
            _check_person(session, found, writer, kept, read)
    return found


def texts_by_person(platforms: Platforms) -> Mapping[tuple[str, str], list[str]]:
    """What the platforms took for each person, by channel and address, in order."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for one in platforms.bot_api.called("sendMessage"):
        found["telegram", str(one["chat_id"])].append(str(one["text"]))
    for one in platforms.graph.sent:
        found["whatsapp", str(one.get("recipient"))].append(text_of(one))
    return found


def check_all(session: Session, found: Found, delivered: int) -> None:
    """What holds of all together. `delivered`: how many different messages were acknowledged."""
    by_status = dict(session.execute(select(Incoming.status, func.count()).group_by(Incoming.status)).all())
    found.unless(by_status == {"done": delivered}, f"{delivered} messages were acknowledged; kept: {by_status}")
    unsent = session.scalar(select(func.count()).where(Outgoing.status.in_(("waiting", "failed", "held"))))
    found.unless(unsent == 0, f"{unsent} bubbles were not sent")
    chain = verify(session)
    found.unless(chain.broken_at is None, f"the audit chain breaks at {chain.broken_at}")
    twice = session.execute(
        select(Audit.subject, Audit.act)
        .where(Audit.act.in_(("sent", "withdrawn", "erased")))
        .group_by(Audit.subject, Audit.act)
        .having(func.count() > 1)
    ).all()
    found.unless(not twice, f"acts audited twice: {twice}")
    referrals, consents = (session.scalar(select(func.count(one.id))) for one in (Referral, Consent))
    bare = session.scalar(select(func.count()).where(Referral.consent_id.not_in(select(Consent.id))))
    found.unless(
        (referrals, bare) == (consents, 0), f"{referrals} referrals and {consents} consents; bare: {bare}"
    )
    found.referrals = referrals or 0


def _check_reading(found: Found, writer: Writer, read: Sequence[str]) -> None:
    steps = [step for text in read for step in STEP.findall(text)]
    found.unless(all(step.startswith(writer.name) for step in steps), f"{writer.name}: read what is another's")
    doubles = sum(before == after for before, after in pairwise(read))
    found.doubles += doubles
    found.most_doubles = max(found.most_doubles, doubles)
    once = [step for number, step in enumerate(steps) if number == 0 or steps[number - 1] != step]
    wanted = steps_of(writer)
    if writer.ends == STAYS:
        found.unless(once == wanted, f"{writer.name}: read {once}")
    else:  # what was not sent yet when they left or erased all was not to be sent any more
        found.unless(once == [step for step in wanted if step in once], f"{writer.name}: read {once}")


def steps_of(writer: Writer) -> list[str]:
    """What the engine says for each message that it takes, in order."""
    count = len(writer.messages) - (writer.ends == LEAVES)
    return [f"{writer.name}/{number:02}" for number in range(count)]


def _check_person(session: Session, found: Found, writer: Writer, kept: Kept | None, read: Sequence[str]) -> None:
    told = {one for text in read for one in REFERENCE.findall(text)}
    if writer.ends == ERASES:
        left = session.scalar(select(func.count()).where(Referral.reference.in_(told)))
        acts = Counter(session.scalars(select(Audit.act).where(Audit.subject.in_(told))))
        found.unless(left == 0, f"{writer.name}: {left} referrals outlive the erasure")
        found.unless(len(told) <= 1, f"{writer.name}: was told {len(told)} codes")
        found.unless(not told or acts["sent"] == acts["erased"] == 1, f"{writer.name}: audited {dict(acts)}")
        found.unless(kept is None or not kept.heard, f"{writer.name}: is still there")
        return
    references = {one.reference for one in kept.referrals} if kept else set()
    found.unless(told <= references, f"{writer.name}: a code was told that is no referral's")
    found.unless(len(references) <= 1, f"{writer.name}: {len(references)} referrals")
    if writer.ends == STAYS:
        _check_stayer(found, writer, kept, told == references != set())


def _check_stayer(found: Found, writer: Writer, kept: Kept | None, told: bool) -> None:
    if kept is None:
        found.wrong.append(f"{writer.name}: is gone")
        return
    wanted = steps_of(writer)
    found.unless(told, f"{writer.name}: was not told the code of the referral")
    found.unless(kept.person.turn == len(wanted), f"{writer.name}: {kept.person.turn} turns")
    found.unless(kept.heard == wanted, f"{writer.name}: taken as {kept.heard}")
    found.unless(kept.said == wanted, f"{writer.name}: said {kept.said}")
    effects = Counter({"sent": 1, "person_wrote": 0, "withdrawn": 0})
    for words in writer.messages[writer.messages.index(YES) :]:
        effects["person_wrote"] += words.endswith("tell")
        effects["withdrawn"] += words.endswith("back")
    found.unless(kept.acts == +effects, f"{writer.name}: acts {dict(kept.acts)}")


def _kept(session: Session, key: bytes, person: Person) -> Kept:
    state = unseal(key, person.state) if person.state else {}
    rows = session.scalars(select(Outgoing).where(Outgoing.person_id == person.id).order_by(Outgoing.id))
    referrals = list(session.scalars(select(Referral).where(Referral.person_id == person.id)))
    acts = select(ReferralEvent.act).where(ReferralEvent.referral_id.in_([one.id for one in referrals]))
    said = [step for row in rows if row.content for step in STEP.findall(_text(unseal(key, row.content)))]
    return Kept(person, list(state.get("heard", ())), said, referrals, Counter(session.scalars(acts)))


def _text(content: Mapping[str, Any]) -> str:
    return str(content["bubble"]["text"]) if content.get("bubble") else ""
