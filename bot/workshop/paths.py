"""Beside the message's way: `paths.yml`, the shortest talk to every string, written down and played again.

One entry is one step of a talk and names the step before it, so that talks share what they have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.eligibility import Offices
from bot.speech import Say
from bot.workshop.rehearsal import Rehearsal, Standing
from bot.workshop.search import Found
from bot.workshop.seen import Key, Noting, strings_in
from bot.workshop.steps import Step, read_step, take_step

PATHS = Path(__file__).parent / "paths.yml"
HEADER = """\
# The shortest talk to every string that people see, as one tree of steps. Made by `bot workshop paths`; read the
# changes before you keep them. after: the step before (0: the beginning) · step: see bot/workshop/steps.py
# says: the responses of domain.yml that come of it, in order
"""


class PathsError(Exception):
    """`paths.yml` cannot be read or played; the message names the step and what to do."""


@dataclass(frozen=True)
class Moment:
    """One step of a talk, and what should be said after it."""

    number: int
    after: int
    step: Step
    says: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A moment as it was played: what the person did, what was said, and where the talk then stands."""

    moment: Moment
    says: tuple[Say, ...]
    standing: Standing


def load_moments(path: Path = PATHS) -> tuple[Moment, ...]:
    """The moments in their order; `PathsError` for an entry of another form."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return tuple(
            Moment(one["number"], one["after"], read_step(one["step"]), tuple(one["says"].split())) for one in raw
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise PathsError(f"{path.name} is not a list of steps ({error}); run `bot workshop paths`.") from None


def as_file(talks: Iterable[Found]) -> str:
    """The text of `paths.yml` for these talks, the shortest first."""
    numbers: dict[int, int] = {}
    lines = []
    for talk in sorted(talks, key=lambda one: len(one.steps())):
        after = 0
        for one in talk.steps():
            if id(one) not in numbers:
                numbers[id(one)] = len(numbers) + 1
                said = "" if one.step.kind == "office" else " ".join(one.name)
                entry = f'number: {numbers[id(one)]}, after: {after}, step: "{one.step}", says: "{said}"'
                lines.append(f"- {{{entry}}}\n")
            after = numbers[id(one)]
    return HEADER + "".join(lines)


def talk_to(number: int, moments: Mapping[int, Moment]) -> tuple[Moment, ...]:
    """The moments from the beginning to this one."""
    way: list[Moment] = []
    while number:
        way.insert(0, moments[number])
        number = moments[number].after
    return tuple(way)


def play(rehearsal: Rehearsal, way: Sequence[Moment], language: str, offices: Offices) -> tuple[Scene, ...]:
    """One talk, in `language`."""
    scenes: list[Scene] = []
    standing = Standing()
    for moment in way:
        scenes.append(scene := _scene(rehearsal, standing, moment, language, offices))
        standing = scene.standing
    return tuple(scenes)


def play_all(rehearsal: Rehearsal, moments: Sequence[Moment], language: str, offices: Offices) -> dict[int, Scene]:
    """Every moment, each once, by number."""
    scenes: dict[int, Scene] = {}
    for moment in moments:
        before = scenes[moment.after].standing if moment.after else Standing()
        scenes[moment.number] = _scene(rehearsal, before, moment, language, offices)
    return scenes


def reached(scenes: Mapping[int, Scene], words: Noting) -> dict[Key, int]:
    """By string, the number of the first moment that shows it."""
    found: dict[Key, int] = {}
    for number, scene in scenes.items():
        for key in sorted({key for say in scene.says for key in strings_in(words, say)}):
            found.setdefault(key, number)
    return found


def otherwise(scenes: Iterable[Scene]) -> list[str]:
    """What moments should say and do not any more, one sentence for each."""
    return [
        f"step {scene.moment.number} ({scene.moment.step}) says {' '.join(say.name for say in scene.says)}, "
        f"not {' '.join(scene.moment.says)}"
        for scene in scenes
        if tuple(say.name for say in scene.says) != scene.moment.says
    ]


def unreached(wanted: AbstractSet[Key], found: Mapping[Key, int]) -> list[Key]:
    """The strings to which no talk leads."""
    return sorted(wanted - found.keys())


def _scene(rehearsal: Rehearsal, standing: Standing, moment: Moment, language: str, offices: Offices) -> Scene:
    taken = take_step(rehearsal, standing, moment.step, language, offices)
    if taken is None:
        raise PathsError(f"step {moment.number} ({moment.step}) cannot be taken; run `bot workshop paths`.")
    return Scene(moment, *taken)
