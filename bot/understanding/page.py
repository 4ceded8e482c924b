"""Beside the message's way: the page of `bot nlu confusion`, one file that needs no script and no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.language.languages import Language
from bot.understanding.figures import Heat, Pair, Row, heat, summary, worst_pairs
from bot.understanding.lately import DAYS, Lately
from bot.understanding.readings import Reading

HTML = Path(__file__).parent / "html"
PAIRS = 20  # so many of a language are shown with their messages; the heat map has all
_DEPTHS = (1, 2, 4, 8)  # from so many messages on, a cell is a shade darker


@dataclass(frozen=True)
class Made:
    """What the page says of itself: the model's file, when that was made, when the page was, the unclear limit.

    `stale`: what the model learns from has changed since.
    """

    model: str
    trained_at: datetime
    at: datetime
    unclear: float
    stale: bool


@dataclass(frozen=True)
class Spoken:
    """One language of one set of messages: what was taken for what. `more` pairs are not among `pairs`."""

    language: Language
    messages: int
    wrong: int
    heat: Heat
    pairs: tuple[Pair, ...]
    more: int


@dataclass(frozen=True)
class Part:
    """One set of messages, `held_out` or `training`."""

    name: str
    rows: tuple[Row, ...]
    languages: tuple[Spoken, ...]


def part(name: str, readings: Sequence[Reading], languages: Mapping[str, Language], unclear: float) -> Part:
    """The figures of one set of messages, language by language in the order of `languages`."""
    spoken = [
        _spoken(language, [one for one in readings if one.message.language == code])
        for code, language in languages.items()
    ]
    return Part(name, tuple(summary(readings, unclear)), tuple(each for each in spoken if each.messages))


def page(parts: Sequence[Part], lately: Lately | None, languages: Mapping[str, Language], made: Made) -> str:
    """The whole page as HTML. Everything shown is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HTML),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"share": _share, "depth": _depth, "day": _day}
    template = environment.get_template("confusion.html")
    return template.render(parts=parts, lately=lately, days=DAYS, languages=languages, made=made)


def _spoken(language: Language, readings: Sequence[Reading]) -> Spoken:
    pairs = worst_pairs(readings)
    wrong = sum(not one.right for one in readings)
    return Spoken(
        language, len(readings), wrong, heat(readings), tuple(pairs[:PAIRS]), max(0, len(pairs) - PAIRS)
    )  # fmt: skip


def _share(value: float | None) -> str:
    return "none" if value is None else f"{100 * value:.1f} %"


def _depth(count: int | None) -> int:
    """The shade of a cell, 0 to 4; the number always stands in it as well."""
    return sum((count or 0) >= least for least in _DEPTHS)


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
