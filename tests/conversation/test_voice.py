# ruff: noqa: RUF001 - Persian and Urdu letters look like others

from __future__ import annotations

from pathlib import Path

import pytest
from gateway_rig import words_in
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Limits
from bot.conversation.voice import render, split, with_short_end
from bot.language.catalogue import load_catalogue
from bot.language.wording import Wording
from bot.speech import Button, Say, Tap, country

WIDE = Limits(text=4096, title=64, choices=30)


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    return Wording(load_catalogue(words_in(tmp_path)), "fa")


def test_a_bubble_in_a_right_to_left_language(wording: Wording) -> None:
    rendered = render(Say("ask_age", buttons=[Button(country("TH"), Tap("inform"))]), wording, WIDE)
    (bubble,) = rendered.bubbles
    assert (bubble.text, bubble.language, bubble.direction) == ("چند سال دارید؟", "fa", "rtl")
    shown = [(choice.title, choice.group) for choice in bubble.choices]
    assert shown == [
        ("۱۸ سال یا بیشتر", "answer"),
        ("\u2066Under 18\u2069", "answer"),
        ("تایلند", "answer"),
        ("\u2066Back\u2069", "control"),
        ("✕", "control"),
    ]
    assert {choice.id for choice in bubble.choices} == set(rendered.choices)


def test_the_same_words_have_the_same_wording_and_other_words_another(wording: Wording) -> None:
    first, again = (render(Say("ask_age"), wording, WIDE) for _ in range(2))
    other = render(Say("ask_age"), Wording(wording.catalogue, "en"), WIDE)
    assert first.wording == again.wording != other.wording
    assert set(first.choices).isdisjoint(again.choices)


@pytest.mark.parametrize("limits", [Limits(4096, 64, 3), Limits(4096, 10, 30)])
def test_where_buttons_do_not_fit_answers_are_numbered_in_the_text(wording: Wording, limits: Limits) -> None:
    rendered = render(Say("ask_age"), wording, limits)
    (bubble,) = rendered.bubbles
    assert bubble.choices == ()
    assert bubble.text.splitlines()[2:4] == ["۱. ۱۸ سال یا بیشتر", "۲. \u2066Under 18\u2069"]
    assert len(rendered.choices) == 4


def test_only_the_last_piece_of_a_long_text_has_the_buttons(wording: Wording) -> None:
    rendered = render(Say("ask_age"), Wording(wording.catalogue, "en"), Limits(10, 64, 30))
    assert len(rendered.bubbles) == 2
    assert [bool(bubble.choices) for bubble in rendered.bubbles] == [False, True]


def test_text_is_parted_between_paragraphs_then_sentences_then_words() -> None:
    assert split("One two.\n\nThree four.", 12) == ["One two.", "Three four."]
    assert split("One two. Three four.", 12) == ["One two.", "Three four."]
    assert split("سلام خوبی؟ من خوبم.", 12) == ["سلام خوبی؟", "من خوبم."]
    assert split("One two three", 8) == ["One two", "three"]
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text(alphabet="ab .!?\n۔", max_size=200), st.integers(1, 30))
def test_no_piece_is_too_long_and_nothing_is_lost(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(alphabet=" \n.!abc", max_size=200), st.integers(5, 40))
def test_a_short_end_loses_no_letter_and_leaves_at_most_two_pieces(text: str, limit: int) -> None:
    pieces = with_short_end(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert 1 <= len(pieces) <= 2
    assert len(pieces[-1]) <= limit
