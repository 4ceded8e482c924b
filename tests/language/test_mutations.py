"""Two hundred defects planted in the real catalogues are all found, and nothing where none was planted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice
from random import Random

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from planted import PASSPORT, TEXTS, Place

from bot.language.catalogue import load_catalogue
from bot.language.checks import Material, check_catalogue, load_material
from bot.language.extract import entries
from bot.language.gates.fault import Finding, Kind
from bot.language.gates.signature import sign
from bot.language.glossary import Term
from bot.settings import ROOT

PLANTED, SEED = 200, 20261122
CATALOGUE, FOUND = load_catalogue(ROOT), entries(ROOT)


@dataclass(frozen=True)
class Ground:
    """A language's real catalogue to plant in: its bytes, and what it is checked with."""

    raw: bytes
    ready: Catalog  # never changed
    material: Material

    def fresh(self) -> Catalog:
        return read_po(io.BytesIO(self.raw))

    def check(self, catalogue: Catalog, context: str = "") -> set[tuple[Kind, str]]:
        found = check_catalogue("a.po", catalogue, self.material, complete=True, only={context})
        return {(one.kind, one.context) for one in found}


def grounds() -> list[Ground]:
    found = []
    for code, passport in PASSPORT.items():
        raw = (ROOT / "locales" / code / "LC_MESSAGES" / "messages.po").read_bytes()
        material = load_material(CATALOGUE, code, FOUND)
        ready = read_po(io.BytesIO(raw))
        found.append(
            Ground(raw, ready, replace(material, terms=(*material.terms, Term("passport", passport, ""))))
        )
    return found


GROUNDS = grounds()


def places(ground: Ground, random: Random) -> Iterator[Place]:
    """Strings that are well translated, in an order of chance."""
    for entry in random.sample(FOUND, len(FOUND)):
        message = ground.ready.get(entry.english, entry.context)
        if message is not None and isinstance(message.string, str) and message.string and not message.fuzzy:
            yield Place(entry, message.string, ground.material, random)


def fresh_message(ground: Ground, place: Place) -> tuple[Catalog, Message]:
    """A catalogue to spoil, and the message of `place` in it."""
    catalogue = ground.fresh()
    message = catalogue.get(place.entry.english, place.entry.context)
    assert message is not None
    return catalogue, message


def plant_text(kind: Kind, ground: Ground, random: Random) -> tuple[Catalog, str] | None:
    """One text spoilt so that `kind` must be found; None if no string of this language can have such a defect."""
    spoil = random.choice(TEXTS[kind])
    for place in places(ground, random):
        spoilt = spoil(place)
        if spoilt is not None and spoilt != place.text:
            catalogue, message = fresh_message(ground, place)
            message.string = spoilt
            return catalogue, place.entry.context
    return None


def empty(_catalogue: Catalog, message: Message, _ground: Ground) -> None:
    message.string = ""


def taken_out(catalogue: Catalog, message: Message, _ground: Ground) -> None:
    catalogue.delete(message.id, message.context)


def fuzzy(_catalogue: Catalog, message: Message, _ground: Ground) -> None:
    message.flags.add("fuzzy")


def of_old(catalogue: Catalog, message: Message, _ground: Ground) -> None:
    catalogue.add(f"{message.id} (before)", message.string, context=message.context)


WHOLE: dict[Kind, tuple[Callable[[Catalog, Message, Ground], None], ...]] = {
    "missing": (empty, taken_out),
    "fuzzy": (fuzzy,),
    "left over": (of_old,),
}


def plant(kind: Kind, ground: Ground, random: Random) -> tuple[Catalog, str] | None:
    """A catalogue with one defect, and the context where it must be found (empty: of the whole file)."""
    if kind in TEXTS:
        return plant_text(kind, ground, random)
    if kind in WHOLE:
        place = next(places(ground, random))
        catalogue, message = fresh_message(ground, place)
        random.choice(WHOLE[kind])(catalogue, message, ground)
        return catalogue, place.entry.context
    if kind == "same titles":
        return same_titles(ground, random)
    catalogue = ground.fresh()
    if kind == "plural":
        catalogue.mime_headers = [("Plural-Forms", "nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);")]
    else:
        catalogue.locale = "th"
    return catalogue, ""


def same_titles(ground: Ground, random: Random) -> tuple[Catalog, str]:
    """Two buttons of one screen that read the same, to the eye or when they are typed."""
    catalogue = ground.fresh()
    response = random.choice([one for one in ground.material.responses.values() if len(one.buttons) > 1])
    first, second = random.sample(response.buttons, 2)
    one, other = (catalogue.get(button.title, response.name) for button in (first, second))
    assert one is not None
    assert other is not None
    other.string = random.choice((one.string, f"{one.string}!", str(one.string).upper()))
    return catalogue, response.name


KINDS: tuple[Kind, ...] = (*TEXTS, *WHOLE, "same titles", "plural", "header")


def test_two_hundred_planted_defects_are_all_found() -> None:
    random, planted, missed = Random(SEED), Counter[Kind](), []
    languages = Counter[str]()
    for kind in islice(cycle(KINDS), PLANTED * 2):
        ground = random.choice(GROUNDS)
        made = plant(kind, ground, random)
        if made is None:
            continue
        catalogue, context = made
        assert (kind, context) not in ground.check(ground.ready, context)
        if (kind, context) not in ground.check(catalogue, context):
            missed.append((kind, ground.material.wording.language.code, context))
        planted[kind] += 1
        languages[ground.material.wording.language.code] += 1
        if planted.total() == PLANTED:
            break
    assert missed == []
    assert planted.total() == PLANTED
    assert len(planted) == len(KINDS) >= 12
    assert min(languages.values()) > 5
    assert len(languages) == len(GROUNDS)


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda one: one.material.wording.language.code)
def test_nothing_is_found_where_nothing_was_planted(ground: Ground) -> None:
    assert check_catalogue("a.po", ground.fresh(), ground.material, complete=True) == []


def test_an_unsigned_or_changed_text_of_a_reviewed_language_is_found() -> None:
    ground = GROUNDS[0]
    reviewed = {
        **CATALOGUE.languages,
        "ar": replace(CATALOGUE.languages["ar"], state="reviewed", reviewer="A. Reader", date="2026-11-22"),
    }
    wording = replace(ground.material.wording, catalogue=replace(CATALOGUE, languages=reviewed))
    material = replace(ground.material, wording=wording)
    catalogue = ground.fresh()

    def unreviewed() -> list[Finding]:
        return check_catalogue("a.po", catalogue, material, complete=True)

    assert {one.kind for one in unreviewed()} == {"unreviewed"}
    strings = {(entry.context, entry.english) for entry in FOUND}
    assert {(one.context, one.english) for one in unreviewed()} == strings
    assert sign(catalogue, "A. Reader", "2026-11-22", ()) == len(strings)
    assert unreviewed() == []
    stop = catalogue.get("Stop", "controls_question")
    assert stop is not None
    stop.string = "قف"
    assert [(one.kind, one.context) for one in unreviewed()] == [("unreviewed", "controls_question")]
