from __future__ import annotations

import pytest

from bot.workshop.marking import BEGIN, END, Piece, bare, marked_in


def pieces(shown: list[str], with_marks: str) -> list[list[tuple[str, bool]]]:
    return [[(piece.text, piece.marked) for piece in text] for text in marked_in(shown, with_marks)]


def test_a_mark_is_found_again_where_the_text_was_parted_and_its_blanks_changed() -> None:
    marked = f"One two {BEGIN}three\n\nfour{END} five"
    assert pieces(["One two three", "four five"], marked) == [
        [("One two ", False), ("three", True)],
        [("four ", True), ("five", False)],
    ]


def test_what_is_listed_after_the_text_is_not_marked() -> None:
    assert pieces(["One\n\n1. Two"], f"{BEGIN}One{END}") == [[("One\n\n", True), ("1. Two", False)]]


def test_a_text_that_is_another_one_has_no_mark_after_they_part() -> None:
    assert pieces(["abXd"], f"ab{BEGIN}cd{END}") == [[("abXd", False)]]


@pytest.mark.parametrize("text", ["", f"{BEGIN}word{END}"])
def test_bare_words_have_no_marks(text: str) -> None:
    assert bare(text) in {"", "word"}
    assert marked_in([""], text) == [()]
    assert Piece("a", marked=False) != Piece("a", marked=True)
