"""The named points of the message's way at which a process of ours dies, as if the kernel had killed it.

Nothing of this is in the product: the functions are wrapped before it starts, in the process that is to die.
"""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, Literal, NamedTuple


class Point(NamedTuple):
    """`where` is `module:name` or `module:Class.name`, as its caller finds it."""

    when: Literal["before", "after"]
    where: str


# In the order of a message's way. Each is reached by `chaos_people`'s scripts.
POINTS: Mapping[str, Point] = {
    "after_read": Point("before", "bot.conversation.inbox:Inbox.receive"),
    "before_store": Point("before", "bot.conversation.inbox:Inbox._store"),
    "in_store": Point("after", "bot.conversation.inbox:Inbox._add"),
    "before_store_commit": Point("after", "bot.conversation.inbox:Inbox._store"),
    "after_store": Point("after", "bot.store.line:Line._committed"),
    "before_acknowledge": Point("after", "bot.conversation.inbox:Inbox.receive"),
    "in_claim": Point("after", "bot.conversation.dialogue:claim"),
    "after_claim": Point("before", "bot.conversation.dialogue:Dialogue._take"),
    "before_rasa": Point("before", "bot.conversation.turn_engine:HttpTurnEngine.take"),
    "after_rasa": Point("after", "bot.conversation.turn_engine:HttpTurnEngine.take"),
    "after_release": Point("after", "bot.conversation.dialogue:release"),
    "before_effects": Point("before", "bot.conversation.dialogue:carry_out"),
    "before_referral": Point("before", "bot.referrals.intake:_sealed_referral"),
    "in_referral": Point("before", "bot.referrals.intake:_add_with_consent"),
    "after_referral": Point("after", "bot.referrals.intake:_add_with_consent"),
    "before_audit_row": Point("before", "bot.referrals.history:append_audit"),
    "after_audit_row": Point("after", "bot.referrals.history:append_audit"),
    "in_withdrawal": Point("after", "bot.referrals.intake:take_back"),
    "in_words_to_office": Point("after", "bot.referrals.intake:write_to_office"),
    "in_erasure": Point("after", "bot.conversation.effects:erase"),
    "after_effects": Point("after", "bot.conversation.dialogue:carry_out"),
    "before_commit": Point("after", "bot.conversation.dialogue:queue"),
    "after_commit": Point("after", "bot.conversation.dialogue:Dialogue._do"),
    "in_leaving": Point("after", "bot.conversation.inbox:leave"),
    "after_ledger": Point("after", "bot.store.erased:Ledger.add"),
    "in_send_claim": Point("after", "bot.conversation.outbox:Outbox._letter"),
    "before_send": Point("before", "bot.conversation.outbox:Outbox._deliver"),
    "after_send": Point("after", "bot.conversation.outbox:Outbox._deliver"),
    "in_sent_noted": Point("after", "bot.conversation.outbox:Outbox._sent"),
    "after_sent_noted": Point("after", "bot.conversation.outbox:Outbox._send"),
    "in_office_news": Point("after", "bot.conversation.office_news:tell_offices"),
    "in_apology": Point("after", "bot.conversation.apology:queue"),
    "in_receipt": Point("after", "bot.conversation.receipts:_keep"),
    "in_purge": Point("after", "bot.conversation.purge:erase_people"),
    "in_purge_of_talk": Point("after", "bot.conversation.purge:_forget_talk"),
    "in_migration": Point("after", "alembic.runtime.migration:HeadMaintainer.update_to_step"),
    "in_backup_copy": Point("after", "bot.keeping.backup:_copy"),
    "in_backup_seal": Point("after", "bot.keeping.backup:seal_file"),
}

# What dies elsewhere than in the turns of a gateway.
ELSEWHERE = frozenset(
    {
        "in_apology",
        "in_receipt",
        "in_purge",
        "in_purge_of_talk",
        "in_migration",
        "in_backup_copy",
        "in_backup_seal",
    }
)
IN_TURNS = [name for name in POINTS if name not in ELSEWHERE]


@dataclass
class Fuse:
    """Kills this process the `times`-th time that it is burnt."""

    times: int

    def burn(self) -> None:
        self.times -= 1
        if self.times == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def die_at(name: str, times: int = 1) -> None:
    """From now on this process ends without a word at the point `name`, the `times`-th time it comes there."""
    point = POINTS[name]
    module, _, path = point.where.partition(":")
    owner: Any = import_module(module)
    *classes, last = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    setattr(owner, last, deadly(getattr(owner, last), point.when, Fuse(times)))


def deadly(function: Callable[..., Any], when: str, fuse: Fuse) -> Callable[..., Any]:
    """`function`, with a fuse burnt before it begins or after it gave something."""

    @wraps(function)
    def sync(*args: Any, **named: Any) -> Any:
        if when == "before":
            fuse.burn()
        given = function(*args, **named)
        if when == "after":
            fuse.burn()
        return given

    @wraps(function)
    async def later(*args: Any, **named: Any) -> Any:
        if when == "before":
            fuse.burn()
        given = await function(*args, **named)
        if when == "after":
            fuse.burn()
        return given

    return later if inspect.iscoroutinefunction(function) else sync
