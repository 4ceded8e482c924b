from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.languages import SOURCE
from bot.settings import ROOT
from bot.workshop.asides import asides
from bot.workshop.paths import (
    PathsError,
    as_file,
    load_moments,
    otherwise,
    play_all,
    reached,
    talk_to,
    unreached,
)
from bot.workshop.rehearsal import Rehearsal, Standing
from bot.workshop.search import Search
from bot.workshop.seen import noting
from bot.workshop.stage import Stage, load_rehearsal, load_stage
from bot.workshop.steps import StepError, heard_in, read_step
from bot.workshop.unseen import load_reasons


@pytest.fixture(scope="module")
def stage() -> Stage:
    return load_stage(ROOT)


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    return load_rehearsal(ROOT)


def test_every_string_that_people_see_has_a_talk_that_leads_to_it(stage: Stage) -> None:
    wanted = {(entry.context, entry.english) for entry in stage.sources.found} - stage.unseen.keys()
    assert unreached(wanted, stage.seen) == []


def test_what_is_said_to_be_unseen_is(stage: Stage) -> None:
    assert stage.unseen.keys() & stage.seen.keys() == set()
    contexts = {entry.context for entry in stage.sources.found}
    listed = load_reasons()
    assert {name for reason in listed for name in reason.contexts} - contexts == set()
    assert {code for reason in listed for code in reason.criteria} - set(stage.sources.catalogue.criteria) == set()


def test_a_new_string_without_a_talk_is_found(stage: Stage) -> None:
    assert unreached({("new", "A new string"), *stage.seen}, stage.seen) == [("new", "A new string")]


def test_every_talk_plays_as_it_is_written(stage: Stage, rehearsal: Rehearsal) -> None:
    scenes = play_all(rehearsal, load_moments(), SOURCE, stage.sources.catalogue.offices)
    assert otherwise(scenes.values()) == []


def test_a_talk_begins_at_the_beginning_and_ends_at_its_string(stage: Stage) -> None:
    key = ("verdict_likely", "Send to IOM")
    way = talk_to(stage.seen[key], stage.moments)
    assert [way[0].after, str(way[0].step)] == [0, "means greet"]
    assert way[-1].says == ("verdict_likely",)
    assert stage.scenes("bn", key)[-1].standing.language == "bn"


def test_a_search_finds_the_shortest_talk(stage: Stage, rehearsal: Rehearsal) -> None:
    catalogue = stage.sources.catalogue
    search = Search(rehearsal, catalogue, noting(catalogue), asides(rehearsal.known, catalogue))
    first = ("ask_safe_to_talk", "Yes, I can")
    found = search.shortest({first})
    assert [str(one.step) for one in found[first].steps()] == [
        "means greet",
        "tap change_language language=*",
        "tap affirm",
    ]


def test_what_a_search_writes_can_be_read_and_played(stage: Stage, rehearsal: Rehearsal, tmp_path: Path) -> None:
    catalogue = stage.sources.catalogue
    search = Search(rehearsal, catalogue, noting(catalogue), asides(rehearsal.known, catalogue))
    wanted = {
        ("ask_safe_to_talk", "Yes, I can"),
        ("card_safe_to_talk", catalogue.response("card_safe_to_talk").text),
    }
    path = tmp_path / "paths.yml"
    path.write_text(as_file(search.shortest(wanted).values()), encoding="utf-8")
    scenes = play_all(rehearsal, load_moments(path), SOURCE, catalogue.offices)
    assert otherwise(scenes.values()) == []
    assert wanted <= reached(scenes, noting(catalogue)).keys()


@pytest.mark.parametrize("wrong", ["- {number: 1}", "words", "- [1, 2]"])
def test_a_spoilt_file_of_paths_is_named(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "paths.yml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(PathsError, match=r"paths\.yml"):
        load_moments(path)


@pytest.mark.parametrize(
    "step", ["tap inform answer=yes", "write +66 81 234 5678", "unclear affirm deny", "photo"]
)
def test_a_step_is_written_as_it_is_read(step: str) -> None:
    assert str(read_step(step)) == step


@pytest.mark.parametrize("step", ["dance", "tap", "tap inform answer"])
def test_what_is_no_step_is_refused(step: str) -> None:
    with pytest.raises(StepError, match=step):
        read_step(step)


def test_before_a_language_is_chosen_all_but_danger_is_an_arrival() -> None:
    start = Standing()
    arrived, danger = (heard_in(read_step(step), start, "bn") for step in ("means thank", "means danger"))
    assert arrived is not None
    assert arrived.entities == {"arrived": "yes"}
    assert danger is not None
    assert danger.intent == "danger"
