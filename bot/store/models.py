"""The tables. Words a person wrote, answers and addresses are bytes sealed by `bot.store.sealing`, never clear.

Times are UTC without an offset (`naive`), so that SQLite and PostgreSQL compare them alike.
"""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.officer_tables import (
    Invitation,
    LoginAttempt,
    Officer,
    OfficerSession,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from bot.store.purge_mark import PurgeMark
from bot.store.table import Table
from bot.store.tally import Tally
from bot.store.unclear import UnclearMessage
from bot.store.walks import referral_indexes
from bot.store.witness_tables import Audit, KeyCheck

__all__ = [
    "Audit",
    "Consent",
    "Incoming",
    "Invitation",
    "KeyCheck",
    "LoginAttempt",
    "Office",
    "Officer",
    "OfficerSession",
    "Outgoing",
    "Passkey",
    "PasskeyChallenge",
    "Person",
    "PurgeMark",
    "RecoveryCode",
    "Referral",
    "ReferralEvent",
    "Table",
    "Tally",
    "UnclearMessage",
]

USUAL_HOURS = "09:00-17:00 09:00-17:00 09:00-17:00 09:00-17:00 09:00-17:00 - -"
STILL_TO_TELL = text("tell = true")


class Person(Table):
    """Someone who writes to us, on one channel. Deleting the row erases all that hangs on it."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("channel", "address_key"),
        Index("uq_person_other_key", "channel", "other_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_key: Mapped[str] = mapped_column(String(64))  # keyed hash of the address, for look-up
    other_key: Mapped[str | None] = mapped_column(String(64))  # the same of a second name, such as a number
    address: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    conversation: Mapped[str] = mapped_column(String(32), unique=True)  # random; all that Rasa sees
    # By it the ledger of erasures tells that the row is gone.
    mark: Mapped[str] = mapped_column(String(32), default=lambda: token_hex(16), server_default="")
    language: Mapped[str | None] = mapped_column(String(16))
    # What the turn engine carries: slots and active loop, as sealed JSON.
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The buttons now on the person's screen: opaque id -> tap and title, as sealed JSON.
    screen: Mapped[bytes | None] = mapped_column(LargeBinary)
    turn: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    # One worker at a time takes this person's messages: a lease, taken by a conditional update.
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]


class Incoming(Table):
    """A message as delivered. The key stays for ever, so that a late second delivery is known; the words go."""

    __tablename__ = "incoming"
    __table_args__ = (
        UniqueConstraint("channel", "delivery_key"),
        Index("ix_incoming_waiting", "status", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    delivery_key: Mapped[str] = mapped_column(String(64))  # keyed hash of the provider's message id
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON; None once taken
    status: Mapped[str] = mapped_column(
        String(8), default="waiting"
    )  # waiting | done | failed | aside (unreadable)
    attempts: Mapped[int] = mapped_column(default=0)
    apologised: Mapped[bool] = mapped_column(default=False)
    provider_id: Mapped[str | None] = mapped_column(String(128))  # to take it off the person's screen
    received_at: Mapped[datetime]
    next_try_at: Mapped[datetime]


class Outgoing(Table):
    """A message to a person: what is said, and as rendered. Sent in the order of `id`, person by person."""

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("ix_outgoing_waiting", "status", "next_try_at"),
        Index("ix_outgoing_provider_id", "provider_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed JSON: {"say": …, "bubble": …}
    # waiting | sent | failed | dropped | held (until the person writes, as the platform wants it)
    status: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(128))
    written_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reached: Mapped[str | None] = mapped_column(String(9))  # delivered | read | failed, as the platform says


class Consent(Table):
    """What a person agreed to send, when, and to which words. No referral exists without one."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(String(32), index=True)
    language: Mapped[str] = mapped_column(String(16))
    wording: Mapped[str] = mapped_column(String(64))  # SHA-256 of the rendered words that were agreed to
    given_at: Mapped[datetime]


class Office(Table):
    """The keys and state of an office; its address and city are in `criteria/offices.csv`."""

    __tablename__ = "office"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)  # sealed with the console's key
    active: Mapped[bool] = mapped_column(default=True)
    answer_days: Mapped[int] = mapped_column(default=3)  # working days in which the office means to answer
    kept_days: Mapped[int] = mapped_column(default=30, server_default="30")  # a referral, after it was closed
    # From Monday on, "09:00-17:00" or "-" for each day, in `time_zone`; holidays are ISO dates. Spaces between.
    hours: Mapped[str] = mapped_column(String(96), default=USUAL_HOURS, server_default=USUAL_HOURS)
    holidays: Mapped[str] = mapped_column(Text, default="", server_default="")
    time_zone: Mapped[str | None] = mapped_column(String(64))  # such as Asia/Bangkok; None is UTC
    # What `criteria/offices.csv` says otherwise; None: as it stands there. Degrees, both or neither.
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    languages: Mapped[str | None] = mapped_column(String(254))  # codes that the staff speak, spaces between
    digest_to: Mapped[str | None] = mapped_column(String(254))  # the office's own mailbox, for the daily reminder
    digest_language: Mapped[str | None] = mapped_column(String(16))
    digest_at: Mapped[datetime | None]  # when the last reminder went


class Referral(Table):
    """A referral: what is needed to route and count it in clear, all else sealed to the office's key."""

    __tablename__ = "referral"
    __table_args__ = referral_indexes()

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    programme: Mapped[str] = mapped_column(String(16), default="avrr")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"))
    language: Mapped[str] = mapped_column(String(16))
    # `bot.referrals.states` has them all
    status: Mapped[str] = mapped_column(String(16), default="new")
    open: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[bool] = mapped_column(default=False)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # all but the contact as JSON, to the office's key
    # How to reach the person, sealed apart so that it can go at once when the person withdraws.
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # until when an answer is promised; None while none is owed
    # The officer who answers in the bot's place, and when they last wrote; None: the bot answers.
    talk_by: Mapped[int | None]
    talk_at: Mapped[datetime | None]
    # The office abroad that the person is asked about, who asks, since when, and when the person said yes.
    border_to: Mapped[str | None] = mapped_column(String(16))
    border_by: Mapped[int | None]
    border_at: Mapped[datetime | None]
    border_yes_at: Mapped[datetime | None]


class ReferralEvent(Table):
    """One step in a referral's life, with words (a reply, a note, the person's message) sealed to the office."""

    __tablename__ = "referral_event"
    __table_args__ = (
        UniqueConstraint("referral_id", "key"),
        Index(
            "ix_referral_event_tell", "tell",
            sqlite_where=STILL_TO_TELL, postgresql_where=STILL_TO_TELL,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    # `bot.referrals.states` has what an officer does; sent | opened | person_wrote | withdrawn | erased
    act: Mapped[str] = mapped_column(String(16))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    words: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed to the office's key
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id", ondelete="SET NULL"))
    key: Mapped[str | None] = mapped_column(String(32))  # of the form sent: a double click is one act
    tell: Mapped[bool] = mapped_column(default=False)  # the office has still to be told of it
