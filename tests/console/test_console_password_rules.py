"""A password that an officer chooses: hard to guess, and without a name in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invited_officers import PASSWORD

from bot.console.password_rules import JUDGED, LONGEST, problem_of


@given(st.text(max_size=LONGEST + 10))
def test_every_password_is_judged(password: str) -> None:
    assert problem_of(password, "anna@example.org", "Anna Li") in {None, "long", "contains_name", "weak"}


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        (PASSWORD, None),
        ("กรุงเทพ ฝนตก รถติด สนุกดี", None),
        ("lift li orbit lantern gravel", None),  # two letters are chance
        ("anna orbit lantern gravel", "contains_name"),
        ("EXAMPLE orbit lantern gravel", "contains_name"),
        ("\uff21nna orbit lantern gravel", "contains_name"),  # A as wide as a Chinese sign
        ("qwertyuiop", "weak"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "weak"),
        ("letmein2026", "weak"),
        (PASSWORD + "x" * JUDGED, None),
        ("x" * (LONGEST + 1), "long"),
    ],
)
def test_a_password_is_hard_to_guess_and_holds_no_name(password: str, problem: str | None) -> None:
    assert problem_of(password, "anna@example.org", "Anna Li") == problem
