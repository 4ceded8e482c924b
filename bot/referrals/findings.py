"""Step 8 of the message's way: what an officer found, beside what the self-assessment said, and why they differ.

Sealed with the referral. Only whether they agree is counted, and if not, on which criterion and in which language:
so that a question that is misread, or words that mislead in one language, are seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.eligibility import COUNSELLOR, LIKELY, OTHER_HELP
from bot.referrals.counting import count_finding
from bot.referrals.history import record
from bot.referrals.lifecycle import NotAllowedError, WordsError, done, lock
from bot.referrals.states import ENDED, WORKED
from bot.store.models import Office, Officer, Referral, ReferralEvent
from bot.store.sealing import unseal_at_office

RESULTS = (LIKELY, OTHER_HELP, COUNSELLOR)
# Why an officer sees it otherwise: whether to mend a question, a translation, a criterion, or nothing.
BECAUSE = ("misread", "translation", "changed", "papers", "not_asked", "criterion")
FOUND = "found"  # the act
FINDABLE = WORKED | ENDED  # the states in which somebody may have talked with the person


@dataclass(frozen=True)
class Finding:
    """What an officer found. All None: they agree. `result` is one of `RESULTS`, `because` one of `BECAUSE`."""

    criterion: str | None = None
    result: str | None = None
    because: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether the officer sees it as the self-assessment does."""
        return self.criterion is None


def read_finding(form: Mapping[str, str], criteria: Collection[str]) -> Finding:
    """The finding of a form; `WordsError` for a choice that is none of those offered. `criteria` are codes."""
    if form.get("agrees") == "1":
        return Finding()
    finding = Finding(form.get("criterion"), form.get("result"), form.get("because"))
    if finding.criterion not in criteria or finding.result not in RESULTS or finding.because not in BECAUSE:
        raise WordsError("The finding is none of those offered.")
    return finding


def find(session: Session, referral_id: int, officer: Officer, finding: Finding, key: str, at: datetime) -> None:
    """Keep and count a finding, once a referral; `NotAllowedError` when there is one, or nobody works on it."""
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    if referral.status not in FINDABLE or _event(session, referral) is not None:
        raise NotAllowedError(FOUND, referral.status)
    event = record(session, referral, FOUND, at, officer_id=officer.id, words=asdict(finding), key=key)
    count_finding(session, event, referral, finding.criterion)


def finding_on(session: Session, office: Office, console_key: bytes, referral: Referral) -> Finding | None:
    """What was found on a referral of this office; None when nothing was yet."""
    event = _event(session, referral)
    if event is None or event.words is None:
        return None
    return Finding(**unseal_at_office(office.private_key, console_key, event.words))


def _event(session: Session, referral: Referral) -> ReferralEvent | None:
    found = select(ReferralEvent).where(ReferralEvent.referral_id == referral.id, ReferralEvent.act == FOUND)
    return session.scalar(found.limit(1))
