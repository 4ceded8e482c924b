from __future__ import annotations

from gateway_rig import Gateway
from sqlalchemy import select

from bot.conversation.office_news import OfficeNews
from bot.referrals.notify import News
from bot.store.database import now, transaction
from bot.store.models import Consent, Office, Referral, ReferralEvent


class Heard:
    def __init__(self) -> None:
        self.news: list[News] = []

    def tell(self, news: News) -> None:
        self.news.append(news)


def test_an_office_hears_once_of_a_referral_and_only_its_code(gateway: Gateway) -> None:
    means = gateway.means
    with transaction(means.database) as session:
        if session.get(Office, "TH-BKK") is None:
            session.add(Office(id="TH-BKK", public_key=b"", private_key=b""))
        consent = Consent(conversation="c", language="en", wording="w", given_at=now())
        session.add(consent)
        session.flush()
        referral = Referral(
            reference="K7PM-2QXD",
            office_id="TH-BKK",
            consent_id=consent.id,
            language="en",
            priority=True,
            sealed=b"",
            created_at=now(),
            changed_at=now(),
        )
        session.add(referral)
        session.flush()
        session.add(ReferralEvent(referral_id=referral.id, at=now(), act="sent", tell=True))
    heard = Heard()
    worker = OfficeNews(means, heard)
    assert (worker.tell(), worker.tell()) == (1, 0)
    assert heard.news == [News("TH-BKK", "K7PM-2QXD", "sent", priority=True)]
    with transaction(means.database) as session:
        assert not session.scalars(select(ReferralEvent.id).where(ReferralEvent.tell.is_(True))).all()
