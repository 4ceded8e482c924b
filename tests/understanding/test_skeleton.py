"""Step 3, checked: the same words in Arabic and in Latin letters have one skeleton."""

import pytest

from nlu.engine.ngrams import KINDS, consonants, learn_ngrams, letters, pairs
from nlu.engine.normalise import normalise
from nlu.engine.skeleton import skeleton

PAIRS = [
    ("میخوام برگردم ایران", "mikham bargardam iran"),
    ("سلام چطوری", "salam chetori"),
    ("پول ندارم", "pool nadaram"),
    ("خونه", "khoone"),
    ("خونه", "khuneh"),
    ("شروع کنیم", "shoru konim"),
    ("غذا", "ghaza"),
    ("আমি বাড়ি যাব", "ami bari yabo"),
    ("ඕන", "oona"),
]


@pytest.mark.parametrize(("native", "romanised"), PAIRS)
def test_one_skeleton(native: str, romanised: str) -> None:
    assert skeleton(normalise(native)) == skeleton(normalise(romanised))


def test_different_words_differ() -> None:
    assert skeleton("کمک") != skeleton("پلیس")


def test_digits_stay() -> None:
    assert skeleton("11 ဗမာ") == "11 bmr"


def test_a_silent_heh_goes_at_the_end_alone() -> None:
    assert skeleton("hame") == "hm"
    assert skeleton("همه") == "hm"


def test_letters_show_the_edges_of_words() -> None:
    assert letters("no", longest=3) == [" ", "n", "o", " ", " n", "no", "o ", " no", "no "]
    assert letters("no ok", longest=2) == [*letters("no", longest=2), *letters("ok", longest=2)]


def test_pairs_of_skeleton_words() -> None:
    assert pairs("salam chetori") == ["slm", "ctr", "slm ctr"]


def test_a_rare_ngram_weighs_more_and_rows_have_their_kind_s_length() -> None:
    kind = KINDS[0]
    learned = learn_ngrams(kind, ["abc", "abd", "xyz", "xyw", "abq"])
    assert learned.weights[learned.columns["x"]] > learned.weights[learned.columns["a"]]
    assert "q" not in learned.columns
    assert sum(value**2 for value in learned.row("abc xy").values()) == pytest.approx(kind.scale**2)


def test_a_text_with_nothing_known_is_an_empty_row() -> None:
    learned = learn_ngrams(KINDS[3], ["salam", "chetori", "salam chetori"])
    assert set(learned.columns) == {"slm", "ctr"}  # the pair stands in one text alone
    assert learned.row("123") == {}
    assert learned.row("") == {}
    assert consonants("") == []
