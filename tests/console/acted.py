"""What became of the one referral of the console's world, for tests of its page and of what is done there."""

from __future__ import annotations

from console_world import REFERENCE, World
from sqlalchemy import select

from bot.store.database import transaction
from bot.store.models import Referral, ReferralEvent

PLACE = f"/referrals/{REFERENCE}"


def person_of(world: World, reference: str = REFERENCE) -> int:
    with transaction(world.engine) as session:
        person_id = session.scalar(select(Referral.person_id).where(Referral.reference == reference))
    assert person_id is not None
    return person_id


def status_of(world: World) -> str | None:
    with transaction(world.engine) as session:
        return session.scalar(select(Referral.status).where(Referral.reference == REFERENCE))


def events(world: World) -> list[str]:
    with transaction(world.engine) as session:
        steps = select(ReferralEvent.act).join(Referral).where(Referral.reference == REFERENCE)
        return list(session.scalars(steps.order_by(ReferralEvent.id)))
