"""Beside the message's way: what each page of the workshop shows, put together from rows, talks and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.webchat.words import page_words
from bot.language.glossary import GLOSSARY, load_glossary, terms_in
from bot.language.languages import SOURCE, Language
from bot.language.recorder import voice_of
from bot.workshop.marking import Piece, marked_in, marking
from bot.workshop.preview import WEB, Exchange, alone, exchanges, look
from bot.workshop.seen import CHANNELS
from bot.workshop.stage import Stage
from bot.workshop.strings import Row

HTML = Path(__file__).parent / "html"
FRAME = ("title", "leave", "placeholder", "send")  # words of the web chat's page that stand around every talk


@dataclass(frozen=True)
class Phone:
    """One channel in one language: the talk, and for the web chat the words of the page around it."""

    channel: str
    language: Language
    talk: tuple[Exchange, ...]
    frame: Mapping[str, tuple[Piece, ...]]
    notice: tuple[Piece, ...]


def environment() -> Environment:
    """The templates. Everything shown is escaped; a value that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(HTML),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def phones(stage: Stage, row: Row, language: str, channel: str, *, beside: bool) -> list[Phone]:
    """The string in its place, on one channel or all, in its language and, if `beside`, in English."""
    languages = [language, SOURCE] if beside and language != SOURCE else [language]
    channels = [channel] if channel in CHANNELS else list(CHANNELS)
    return [_phone(stage, row, code, name) for name in channels for code in languages]


def _phone(stage: Stage, row: Row, language: str, channel: str) -> Phone:
    catalogue = stage.sources.catalogue
    eye = look(catalogue, language, row.key, channel)
    spoken = catalogue.language(language)
    talk = exchanges(eye, stage.scenes(language, row.key))
    frame: dict[str, tuple[Piece, ...]] = {}
    notice: tuple[Piece, ...] = ()
    if channel == WEB:
        plain, marked = page_words(catalogue, spoken), page_words(marking(catalogue, row.key), spoken)
        frame = {name: marked_in([plain[name]], marked[name])[0] for name in FRAME}
        own = row.entry.context.removeprefix("page_")
        if own in plain and own not in FRAME:
            notice = marked_in([plain[own]], marked[own])[0]
    if not talk and not row.entry.context.startswith("page_"):
        talk = (Exchange("", by_office=False, shown=alone(eye, row.key)),)
    return Phone(channel, spoken, talk, frame, notice)


def beside_string(stage: Stage, row: Row, language: str) -> dict[str, Any]:
    """What stands beside a string: terms of the glossary in it, why nobody sees it, whether a voice is there."""
    terms = load_glossary(stage.locales / language / GLOSSARY) or load_glossary(stage.locales / SOURCE / GLOSSARY)
    return {
        "terms": terms_in(row.entry.english, terms),
        "unseen": stage.unseen.get(row.key, ""),
        "steps": len(stage.scenes(language, row.key)),
        "voice": bool(row.audio) and voice_of(language) is not None,
    }
