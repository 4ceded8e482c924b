"""Beside the message's way: all that the workshop works with, read once, but for the translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from actions.knowledge import load_knowledge
from bot.language.extract import Entry
from bot.language.inspection import PO, Sources, load_sources
from bot.language.languages import SOURCE, Language
from bot.workshop.paths import Moment, Scene, load_moments, play, play_all, reached, talk_to
from bot.workshop.rehearsal import Rehearsal
from bot.workshop.rules import load_rules
from bot.workshop.seen import Key, noting
from bot.workshop.unseen import load_reasons, unseen


@dataclass(frozen=True)
class Stage:
    """`seen` gives by string the number of the moment that shows it, `unseen` why nothing does."""

    sources: Sources
    rehearsal: Rehearsal
    moments: Mapping[int, Moment]
    seen: Mapping[Key, int]
    unseen: Mapping[Key, str]

    @property
    def locales(self) -> Path:
        """The folder of all languages."""
        return self.sources.locales

    def languages(self) -> list[Language]:
        """Those that have a catalogue, in the order of `languages.yml`."""
        return [one for one in self.sources.catalogue.languages.values() if self.file(one.code).exists()]

    def file(self, language: str) -> Path:
        """The catalogue of a language."""
        return self.locales / language / PO

    def entry(self, context: str, english: str) -> Entry | None:
        """A string by its key; None if English has it no more."""
        return next((one for one in self.sources.found if (one.context, one.english) == (context, english)), None)

    def scenes(self, language: str, key: Key) -> tuple[Scene, ...]:
        """The shortest talk to a string, in a language; nothing where no talk leads to it."""
        if key not in self.seen:
            return ()
        spoken = replace(self.rehearsal, languages=tuple(dict.fromkeys((SOURCE, language))))
        way = talk_to(self.seen[key], self.moments)
        return play(spoken, way, language, self.sources.catalogue.offices)


def load_rehearsal(root: Path) -> Rehearsal:
    """Rules and knowledge of the project in `root`, with English alone on offer."""
    known = load_knowledge(root / "criteria", root / "domain.yml")
    return Rehearsal(load_rules(root / "stories"), known, (SOURCE,))


def load_stage(root: Path) -> Stage:
    """The workshop over the project in `root`; errors are those of its sources, and `PathsError`."""
    sources, rehearsal, moments = load_sources(root), load_rehearsal(root), load_moments()
    catalogue = sources.catalogue
    scenes = play_all(rehearsal, moments, SOURCE, catalogue.offices)
    return Stage(
        sources,
        rehearsal,
        {moment.number: moment for moment in moments},
        reached(scenes, noting(catalogue)),
        unseen(catalogue, sources.found, load_reasons()),
    )
