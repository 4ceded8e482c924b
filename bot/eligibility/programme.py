"""Step 5, decided: the programme as `criteria/` describes it: criteria, members, suspended origins, version."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from bot.eligibility.criteria import Criterion, load_criteria
from bot.eligibility.groups import Group, group_questions
from bot.eligibility.places import Places, load_places
from bot.eligibility.predicates import Predicate, predicates_over
from bot.eligibility.reading import CriteriaError, read_yaml
from bot.eligibility.weighing import Index, index_predicates


@dataclass(frozen=True)
class Programme:
    """All that a verdict is drawn from, read once and never changed. `criteria` is by code, `no_route` too."""

    version: str
    criteria: Mapping[str, Criterion]
    places: Places
    predicates: tuple[Predicate, ...]
    groups: tuple[Group, ...]

    @cached_property
    def index(self) -> Index:
        """The predicates by the answers with which they hold: drawn from the rest, so that it cannot disagree."""
        return index_predicates(self.predicates, self.places)


def load_programme(folder: Path) -> Programme:
    """Reads `folder` (the project's `criteria/`); `CriteriaError` names the file, the place and the remedy."""
    places = load_places(folder)
    predicates = predicates_over(places)
    criteria = load_criteria(folder, predicates)
    groups = group_questions(predicates, places)
    return Programme(_version(folder / "version.yml"), MappingProxyType(criteria), places, predicates, groups)


def _version(path: Path) -> str:
    content = read_yaml(path)
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, str) or not version.strip():
        raise CriteriaError(f'{path.name}: must say version: "2026-11-22", in quotes')
    return version
