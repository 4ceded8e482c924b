"""Beside step 8 of the message's way: referrals weighed once more, by criteria in force and by others.

Nothing is changed, and nothing is kept of it. What differs is counted for those who see all offices, small groups
hidden; the referrals themselves are for officers of their own office.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.eligibility import AnswerError, Programme, Verdict, assess
from bot.eligibility.changed_cases import difference, differing_countries
from bot.referrals.content import Content, open_content
from bot.referrals.small_groups import Cell, Line, hidden_cells
from bot.store.database import transaction
from bot.store.models import Office, Referral
from bot.store.sealing import SealError

MOST_WEIGHED = 20_000  # referrals, the latest: some seconds
AT_ONCE = 500  # of them, read from the database in one go
STATE, NOW, ORIGIN = "state", "country_now", "origin"  # what each change is counted by
OPEN, CLOSED = "open", "closed"
UNKNOWN = "unknown"  # in place of an outcome: an answer that one of the two criteria does not know
UNFINISHED = "unfinished"
_MIXED = "mixed_status"  # the reason by which a referral tells that situations differ
_COUNTRIES = ("country_now", "origin")


@dataclass(frozen=True)
class Weighed:
    """A referral that would get another verdict. Outcomes as codes; `gone` and `new` are reasons and routes."""

    reference: str
    status: str
    open: bool
    answers: Mapping[str, str]
    before: str
    after: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reweighed:
    """What weighing came to. `looked_at`: how many; `shut`: how many did not open; `more`: older ones are left."""

    changed: Sequence[Weighed]
    looked_at: int
    shut: int
    more: bool


@dataclass(frozen=True)
class Group:
    """Referrals whose verdict changes alike: how many, and by state and country; `hidden`: some are not here."""

    before: str
    after: str
    count: int
    parts: Mapping[str, Sequence[tuple[str, int]]]
    hidden: frozenset[str]


@dataclass(frozen=True)
class Counted:
    """The groups that may be shown, the largest first. `hidden`: there are others. `more`: older ones are left.

    There is no sum, nor how many stay the same: with them a group that is hidden could be had by subtraction.
    """

    groups: Sequence[Group]
    hidden: bool
    more: bool


def reweigh(
    engine: Engine, console_key: bytes, before: Programme, after: Programme, office: str | None = None
) -> Reweighed:
    """The latest referrals of an office (None: of all) weighed by both; at most `MOST_WEIGHED`."""
    differing = differing_countries(before.places, after.places)
    changed: list[Weighed] = []
    looked_at = shut = 0
    for referral, kept in _latest(engine, office):
        if looked_at == MOST_WEIGHED:
            return Reweighed(changed, looked_at, shut, more=True)
        looked_at += 1
        try:
            content = open_content(kept, console_key, referral)
        except SealError:  # its own page tells
            shut += 1
            continue
        if _may_differ(content, differing):
            changed += _weigh(referral, content, before, after)
    return Reweighed(changed, looked_at, shut, more=False)


def _latest(engine: Engine, office: str | None) -> Iterator[tuple[Referral, Office]]:
    """Referrals from the latest on. Read in parts: nobody should wait for the database while they are weighed."""
    wanted = select(Referral, Office).join(Office).order_by(Referral.id.desc()).limit(AT_ONCE)
    if office is not None:
        wanted = wanted.where(Referral.office_id == office)
    part = wanted
    while True:
        with transaction(engine) as session:
            found = [(referral, kept) for referral, kept in session.execute(part)]
        yield from found
        if len(found) < AT_ONCE:
            return
        part = wanted.where(Referral.id < found[-1][0].id)


def count_changes(reweighed: Reweighed) -> Counted:
    """How many change how, without groups that are too small and what would give them away."""
    counts: Counter[Cell] = Counter()
    for one in reweighed.changed:
        move = one.before, one.after
        counts[move] += 1
        for kind, value in _values(one):
            counts[(*move, kind, value)] += 1
    moves = [cell for cell in counts if len(cell) == 2]
    lines = [Line(_parts(counts, move, kind), move) for move in moves for kind in (STATE, NOW, ORIGIN)]
    hidden = hidden_cells(counts, lines)
    groups = [_group(counts, hidden, move) for move in moves if move not in hidden]
    return Counted(
        groups=sorted(groups, key=lambda group: (-group.count, group.before, group.after)),
        hidden=len(groups) < len(moves),
        more=reweighed.more,
    )


def _may_differ(content: Content, differing: frozenset[str]) -> bool:
    # Both versions are weighed by the same predicates, which see of the files only what they say of a country. To
    # weigh what cannot differ would take minutes where the answers are not whole.
    return any(content.answers.get(name) is None or content.answers[name] in differing for name in _COUNTRIES)


def _weigh(referral: Referral, content: Content, before: Programme, after: Programme) -> Iterator[Weighed]:
    mixed = _MIXED in content.reasons
    was, will = (_verdict(one, content, mixed) for one in (before, after))
    told = referral.reference, referral.status, referral.open, content.answers
    if was is not None and will is not None:
        what = difference(was, will)
        if what is not None:
            yield Weighed(*told, what.before or UNFINISHED, what.after or UNFINISHED, what.gone, what.new)
    elif was is not will:
        old, new = ((one.outcome or UNFINISHED) if one else UNKNOWN for one in (was, will))
        yield Weighed(*told, old, new)


def _verdict(programme: Programme, content: Content, mixed: bool) -> Verdict | None:
    try:
        return assess(programme, content.answers, mixed_status=mixed)
    except AnswerError:
        return None


def _values(one: Weighed) -> Iterator[tuple[str, str]]:
    yield STATE, OPEN if one.open else CLOSED
    for kind in (NOW, ORIGIN):
        yield kind, one.answers.get(kind, "not_said")


def _parts(counts: Mapping[Cell, int], move: Cell, kind: str) -> list[Cell]:
    return sorted(cell for cell in counts if len(cell) == 4 and cell[:2] == move and cell[2] == kind)


def _group(counts: Mapping[Cell, int], hidden: frozenset[Cell], move: Cell) -> Group:
    parts, short = {}, set()
    for kind in (STATE, NOW, ORIGIN):
        cells = _parts(counts, move, kind)
        shown = [(cell[3], counts[cell]) for cell in cells if cell not in hidden]
        parts[kind] = sorted(shown, key=lambda row: (-row[1], row[0]))
        if len(shown) < len(cells):
            short.add(kind)
    return Group(move[0], move[1], counts[move], parts, frozenset(short))
