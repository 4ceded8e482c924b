# ruff: noqa: RUF001 - Persian and Urdu letters look like others

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gateway_rig import words_in
from words_copy import copied_words

from bot import speech
from bot.language.bidi import isolate_latin
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.english import ResponsesError, load_responses
from bot.language.wording import Wording
from bot.speech import Worded

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return words_in(tmp_path)


@pytest.fixture
def catalogue(root: Path) -> Catalogue:
    return load_catalogue(root)


@pytest.mark.parametrize(
    ("worded", "english", "persian"),
    [
        (speech.country("TH"), "Thailand", "تایلند"),
        (speech.country("HK"), "Hong Kong SAR China", "هنگ‌کنگ، منطقهٔ ویژهٔ اداری چین"),
        (speech.question("age"), "Age", f"{LRI}Age{PDI}"),
        (speech.answer("age", "adult"), "18 or older", "۱۸ سال یا بیشتر"),
        (speech.answer("age", "unsure"), "Not sure", f"{LRI}Not sure{PDI}"),
        (speech.answer("age", "declined"), "I did not say", f"{LRI}I did not say{PDI}"),
        (speech.answer("country_now", "MY"), "Malaysia", "مالزی"),
        (speech.office("TH-BKK"), "IOM Bangkok", f"دفتر {LRI}IOM{PDI} در بانکوک"),
        (speech.office("TH-MSO"), "IOM Mae Sot", f"دفتر {LRI}IOM{PDI} در {LRI}Mae Sot{PDI}"),
        (speech.language("fa"), "فارسی", "فارسی"),
        (speech.code("K7PM-2QXD"), "K7PM-2QXD", f"{LRI}K7PM-2QXD{PDI}"),
        (speech.phone("+66 2 343 9300"), "+66 2 343 9300", f"{LRI}+66 2 343 9300{PDI}"),
        (speech.text("a\u202eb\x00\nc"), f"{FSI}ab{PDI}\n{FSI}c{PDI}", f"{FSI}ab{PDI}\n{FSI}c{PDI}"),
        (speech.nested("exit"), "OK. Have a good day.", "باشه. روز خوش."),
        (speech.lines([speech.country("TH"), speech.country("MY")]), "Thailand\nMalaysia", "تایلند\nمالزی"),
        (speech.lines([speech.country("TH"), speech.country("TH")]), "Thailand", "تایلند"),
    ],
)
def test_every_kind_in_both_directions(catalogue: Catalogue, worded: Worded, english: str, persian: str) -> None:
    assert Wording(catalogue, "en").words(worded) == english
    assert Wording(catalogue, "fa").words(worded) == persian


def test_a_criterion_is_said_in_its_published_words(catalogue: Catalogue) -> None:
    assert (
        Wording(catalogue, "en").words(speech.criterion("not_free_choice"))
        == (catalogue.criteria["not_free_choice"])
    )


def test_a_sentence_with_variables(catalogue: Catalogue) -> None:
    variables = {"country": speech.country("TH"), "phone": speech.phone("+66 2 343 9300"), "count": 3}
    assert Wording(catalogue, "en").text("country", variables) == (
        "You are in Thailand. IOM calls +66 2 343 9300. 3 days."
    )
    assert Wording(catalogue, "fa").text("country", variables) == (
        f"شما در تایلند هستید. {LRI}IOM{PDI} به {LRI}+66 2 343 9300{PDI} زنگ می‌زند. ۳ روز."
    )


def test_a_variable_is_never_read_as_a_template(catalogue: Catalogue) -> None:
    said = Wording(catalogue, "en").text("sent", {"code": speech.text("{code} {{7*7}} %s")})
    assert said == f"Sent. Your code is {FSI}{{code}} {{{{7*7}}}} %s{PDI}."


def test_a_missing_variable_leaves_a_gap_and_not_an_error(catalogue: Catalogue) -> None:
    assert Wording(catalogue, "en").text("sent") == "Sent. Your code is ."


@pytest.mark.parametrize(
    ("name", "why"), [("plain", "fuzzy"), ("sent", "another placeholder"), ("choose_language", "missing")]
)
def test_what_is_not_translated_well_is_english_and_counted(catalogue: Catalogue, name: str, why: str) -> None:
    english = catalogue.response(name).text
    assert catalogue.translate("fa", name, english) == english, why
    assert catalogue.gaps[("fa", name)] == 1


def test_an_overlay_falls_back_to_its_language_and_then_to_english(root: Path, catalogue: Catalogue) -> None:
    overlay = root / "locales" / "fa_AF" / "LC_MESSAGES"
    overlay.mkdir(parents=True)
    (overlay / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgctxt "exit"\nmsgid "OK. Have a good day."\nmsgstr "خوب. روز تان خوش."\n',
        encoding="utf-8",
    )
    dari = Wording(catalogue, "fa_AF")
    assert dari.text("exit") == "خوب. روز تان خوش."
    assert dari.text("ask_age") == "چند سال دارید؟"
    assert dari.text("plain") == f"{LRI}All right{PDI}."


def test_a_changed_catalogue_is_read_again_and_a_spoilt_one_is_not(root: Path, catalogue: Catalogue) -> None:
    path = root / "locales" / "fa" / "LC_MESSAGES" / "messages.po"
    persian = Wording(catalogue, "fa")
    assert persian.text("exit") == "باشه. روز خوش."
    path.write_text(path.read_text(encoding="utf-8").replace("باشه", "خوب"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert persian.text("exit") == "خوب. روز خوش."
    path.write_text('msgctxt "exit"\nmsgid "broken', encoding="utf-8")
    assert persian.text("exit") == "خوب. روز خوش."


def test_a_changed_domain_is_read_again_and_a_spoilt_one_is_not(root: Path, catalogue: Catalogue) -> None:
    domain = root / "domain.yml"
    domain.write_text(domain.read_text(encoding="utf-8").replace("All right.", "Right."), encoding="utf-8")
    assert Wording(catalogue, "en").text("plain") == "Right."
    domain.write_text("responses: [", encoding="utf-8")
    assert Wording(catalogue, "en").text("plain") == "Right."


def test_an_unknown_response_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(ResponsesError, match="nowhere"):
        Wording(catalogue, "en").text("nowhere")


@pytest.mark.parametrize(
    ("response", "named"),
    [
        ("[]", "exactly one"),
        ('[{text: "a"}, {text: "b"}]', "exactly one"),
        ("[{text: 7}]", "quotation marks"),
        ('[{text: "a", buttons: [{title: "t"}]}]', "payload"),
        ('[{text: "a", buttons: [{title: "t", payload: "no slash"}]}]', "no slash"),
        ('[{text: "a", buttons: [{title: "t", payload: "/inform{broken"}]}]', "broken"),
    ],
)
def test_a_wrong_response_does_not_load_and_is_named(tmp_path: Path, response: str, named: str) -> None:
    path = tmp_path / "domain.yml"
    path.write_text(f"responses:\n  the_name: {response}\n", encoding="utf-8")
    with pytest.raises(ResponsesError, match=f"the_name.*{named}|{named}.*the_name"):
        load_responses(path)


def test_the_product_s_own_words_load(tmp_path: Path) -> None:
    catalogue = load_catalogue(copied_words(tmp_path))
    assert Wording(catalogue, "en").words(speech.office("TH-BKK")) == "IOM Bangkok"


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("سازمان IOM است", f"سازمان {LRI}IOM{PDI} است"),
        ("به help.unhcr.org.", f"به {LRI}help.unhcr.org{PDI}."),
        ("(UN Migration)", f"({LRI}UN Migration{PDI})"),
        ("زنگ +66 2 343 9300 بزنید", f"زنگ {LRI}+66 2 343 9300{PDI} بزنید"),
        (f"پیش {LRI}IOM{PDI} پس", f"پیش {LRI}IOM{PDI} پس"),
        ("۳ تا 12 روز", "۳ تا 12 روز"),
    ],
)
def test_latin_runs_are_isolated_once(text: str, isolated: str) -> None:
    assert isolate_latin(text) == isolated
