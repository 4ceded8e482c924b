"""Step 5, checked: what is looked up is what each predicate says when it is asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.eligibility import QUESTIONS, Programme, load_programme
from bot.eligibility.predicates import predicates_over
from bot.eligibility.questions import MIXED_STATUS
from bot.eligibility.weighing import holding
from bot.settings import ROOT

PROGRAMME = load_programme(ROOT / "criteria")
COUNTRIES = sorted(PROGRAMME.places.countries)
# Some of the questions, each with any of its values; the fact that is always known.
FACTS = st.fixed_dictionaries(
    {MIXED_STATUS: st.booleans()},
    optional={
        question.id: st.sampled_from((*question.values, *(COUNTRIES if question.takes_country else ())))
        for question in QUESTIONS
    },
)


def with_suspended(*origins: str) -> Programme:
    places = replace(PROGRAMME.places, suspended=frozenset(origins))
    return replace(PROGRAMME, places=places, predicates=predicates_over(places))


@given(FACTS, st.sampled_from([PROGRAMME, with_suspended("SO", "MM", "SY")]))
@settings(max_examples=200, deadline=None)
def test_what_holds_is_what_every_predicate_says(facts: dict[str, str | bool], programme: Programme) -> None:
    asked = [
        predicate.code
        for predicate in programme.predicates
        if facts.keys() >= set(predicate.reads) and predicate.holds(*(facts[read] for read in predicate.reads))
    ]
    assert sorted(predicate.code for predicate in holding(programme.index, facts)) == sorted(asked)


def test_every_predicate_is_found_by_an_answer_or_by_a_pair() -> None:
    index = with_suspended("SO").index
    alone = {one.code for by_value in index.alone.values() for held in by_value.values() for one in held}
    pairs = {predicate.code for _, _, predicate in index.pairs}
    assert alone & pairs == set()
    assert alone | pairs == {predicate.code for predicate in PROGRAMME.predicates}


def test_other_lists_of_countries_make_another_index() -> None:
    def of_origin(programme: Programme) -> set[str]:
        return {predicate.code for predicate in programme.index.alone["origin"]["SO"]}

    assert of_origin(PROGRAMME) == set()
    assert of_origin(with_suspended("SO")) == {"origin_suspended"}
