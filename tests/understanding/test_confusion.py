"""Beside the message's way: what messages are taken for, counted and shown as a page."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.language.languages import load_languages
from bot.settings import ROOT
from bot.understanding.figures import heat, summary, worst_pairs
from bot.understanding.lately import Added, Lately, added_lately
from bot.understanding.messages import Message, MessagesError, held_out, script_of, training
from bot.understanding.page import Made, page, part
from bot.understanding.readings import Reading, reading_of

UNCLEAR = 0.4
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MADE = Made("avrr.tar.gz", AT - timedelta(days=1), AT, UNCLEAR, stale=False)
LANGUAGES = load_languages(ROOT / "locales" / "languages.yml")


def reading(language: str, script: str, text: str, true: str, *ranking: tuple[str, float]) -> Reading:
    return Reading(Message(language, script, text, true), ranking)


READINGS = [
    reading("en", "native", "how much", "faq/cost", ("faq/cost", 0.9), ("greet", 0.1)),
    reading("en", "native", "price <b>?", "faq/cost", ("faq/money", 0.3), ("faq/cost", 0.2), ("greet", 0.1)),
    reading("en", "native", "what to pay", "faq/cost", ("faq/money", 0.7), ("greet", 0.2), ("thank", 0.1)),
    reading("en", "native", "who pays", "faq/money", ("faq/cost", 0.6), ("greet", 0.2), ("faq/money", 0.1)),
    reading("en", "native", "they come", "danger", ("greet", 0.35), ("thank", 0.2), ("stop", 0.1)),
    reading("en", "native", "he hits me", "danger", ("danger", 1.0), ("stop", 0.0)),
    reading("en", "native", "hello", "greet", ("greet", 1.0), ("stop", 0.0)),
    reading("fa", "native", "باتری مرد", "out_of_scope", ("danger", 0.1), ("out_of_scope", 0.1), ("greet", 0.1)),
    reading("fa", "native", "هوا چطوره", "out_of_scope", ("greet", 0.2), ("thank", 0.1), ("stop", 0.1)),
    reading("fa", "romanised", "salam", "greet", ("greet", 0.9), ("stop", 0.1)),
]


class Shape(HTMLParser):
    """What a page is made of: its tags with their attributes, and whether every tag is closed."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def made(readings: list[Reading] = READINGS, lately: Lately | None = None) -> str:
    return page([part("held_out", readings, LANGUAGES, UNCLEAR)], lately, LANGUAGES, MADE)


def test_shares_by_language_and_script() -> None:
    rows = {(row.language, row.script): row for row in summary(READINGS, UNCLEAR)}
    assert list(rows) == [
        ("en", "native"),
        ("fa", "native"),
        ("fa", "romanised"),
        ("all", "native"),
        ("all", "romanised"),
        ("all", "all"),
    ]
    english, persian, whole = rows["en", "native"], rows["fa", "native"], rows["all", "all"]
    assert (english.messages, persian.messages, whole.messages) == (7, 2, 10)
    assert (english.top_1, english.top_3) == (3 / 7, 5 / 7)
    assert (english.recall, english.alarms, english.taken) == (0.5, 0.0, None)
    assert (persian.recall, persian.alarms, persian.taken) == (None, 0.5, 1.0)
    assert persian.acted_on == 0.5  # danger is acted on however unlikely, the greeting only offered
    assert (whole.top_1, whole.alarms) == (4 / 10, 1 / 8)


def test_one_language_has_no_rows_over_all_languages() -> None:
    rows = summary([one for one in READINGS if one.message.language == "en"], UNCLEAR)
    assert [(row.language, row.script) for row in rows] == [("en", "native"), ("all", "all")]


def test_the_heat_map_holds_what_was_mistaken_and_nothing_else() -> None:
    found = heat([one for one in READINGS if one.message.language == "en"])
    assert found.columns == ("faq/cost", "faq/money", "greet")
    assert [(row.intent, row.messages, row.right, row.cells) for row in found.rows] == [
        ("danger", 2, 1, (0, 0, 1)),
        ("faq/cost", 3, 1, (None, 2, 0)),
        ("faq/money", 1, 0, (1, None, 0)),
    ]
    assert heat([one for one in READINGS if one.right]).rows == ()


def test_missed_danger_is_the_worst_then_the_most_frequent() -> None:
    pairs = worst_pairs([one for one in READINGS if one.message.language == "en"])
    assert [(pair.true, pair.read, len(pair.readings)) for pair in pairs] == [
        ("danger", "greet", 1),
        ("faq/cost", "faq/money", 2),
        ("faq/money", "faq/cost", 1),
    ]
    assert [one.confidence for one in pairs[1].readings] == [0.7, 0.3]


def test_the_page_is_one_whole_file_without_script_or_network() -> None:
    text = made()
    shape = Shape(text)
    assert shape.open == []
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in shape.tags}
    assert not re.search(r"https?:|url\(|@import", text)
    ids = [attributes["id"] for _, attributes in shape.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = [str(attributes["href"]) for tag, attributes in shape.tags if tag == "a"]
    wanted += [
        f"#{attributes['aria-labelledby']}" for _, attributes in shape.tags if "aria-labelledby" in attributes
    ]
    assert {link.removeprefix("#") for link in wanted} <= set(ids)


def test_the_page_shows_numbers_messages_and_what_became_of_them() -> None:
    text = made()
    assert '<td class="d2">2</td>' in text
    assert "price &lt;b&gt;?</bdi> <small>native, 30.0 %, offered, with the right one" in text
    assert "what to pay</bdi> <small>native, 70.0 %, acted on" in text
    assert "they come</bdi> <small>native, 35.0 %, offered, without the right one" in text
    assert "باتری مرد</bdi> <small>native, 10.0 %, acted on" in text
    assert text.count("Danger missed.") == 1
    assert "<small>native, 100.0 %" not in text  # what was read right is not listed
    assert ">Held-out messages</h2>" in text
    assert ">Training messages</h2>" not in text


def test_training_messages_stand_apart() -> None:
    parts = [part(name, READINGS, LANGUAGES, UNCLEAR) for name in ("held_out", "training")]
    text = page(parts, None, LANGUAGES, MADE)
    assert Shape(text).open == []
    assert text.index(">Held-out messages</h2>") < text.index(">Training messages</h2>")
    assert {'id="held_out-fa"', 'id="training-fa"'} <= set(re.findall(r'id="\w+-fa"', text))


def test_a_language_without_a_mistake_says_so() -> None:
    text = made([one for one in READINGS if one.right])
    assert text.count("Every message was read right.") == 2
    assert "The worst pairs" not in text


def test_pairs_that_are_not_shown_are_counted() -> None:
    many = [reading("en", "native", f"m{n}", f"faq/{n:02}", ("greet", 0.5)) for n in range(23)]
    text = made(many)
    assert text.count(" taken for <code>greet</code>") == 20
    assert "3 more pairs" in text


def test_a_model_older_than_its_files_is_named() -> None:
    parts = [part("held_out", READINGS, LANGUAGES, UNCLEAR)]
    assert "has changed since" not in page(parts, None, LANGUAGES, MADE)
    assert "has changed since" in page(parts, None, LANGUAGES, replace(MADE, stale=True))


def test_what_was_added_lately_or_why_it_is_left_out() -> None:
    added = (Added("fa", "greet", ("سلام <i>",)), Added("fa", "thank", ("ممنون", "مرسی")))
    text = made(lately=Lately(young=False, added=added))
    assert "did not hold 14 days ago" in text
    assert "(fa): 3</h3>" in text
    assert '<li><bdi lang="fa">سلام &lt;i&gt;</bdi></li>' in text
    young = made(lately=Lately(young=True, added=added))
    assert "<code>thank</code> 2" in young
    assert "مرسی" not in young
    assert "No training message was added" in made(lately=Lately(young=False, added=()))
    assert "no git history" in made(lately=None)


def git(root: Path, at: datetime, *words: str) -> None:
    stamp = at.isoformat()
    environment = {
        "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_DATE": stamp,
        "PATH": "/usr/bin:/bin",
        "HOME": str(root),
    }
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *words], cwd=root, env=environment, check=True, capture_output=True)


def write(root: Path, *texts: str) -> list[Message]:
    folder = root / "nlu" / "en"
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"    - {text}\n" for text in texts)
    (folder / "a.yml").write_text(f"nlu:\n- intent: greet\n  examples: |\n{lines}")
    return [Message("en", "native", text, "greet") for text in texts]


def test_git_knows_which_messages_are_new(tmp_path: Path) -> None:
    then = AT - timedelta(days=20)
    old = write(tmp_path, "hello", "hi")
    assert added_lately(tmp_path, old, AT) is None
    git(tmp_path, then, "init", "-q")
    git(tmp_path, then, "add", "nlu")
    git(tmp_path, then, "commit", "-qm", "first")
    assert added_lately(tmp_path, old, AT) == Lately(young=False, added=())
    git(tmp_path, AT - timedelta(days=3), "commit", "-qm", "later", "--allow-empty")
    now = write(tmp_path, "good day", "hi", "welcome")  # not committed yet; «hello» has gone, «hi» has moved
    assert added_lately(tmp_path, now, AT) == Lately(
        young=False, added=(Added("en", "greet", ("good day", "welcome")),)
    )
    young = added_lately(tmp_path, now, then + timedelta(days=1))
    assert young == Lately(young=True, added=(Added("en", "greet", ("good day", "hi", "welcome")),))


def test_files_that_were_wrong_then_leave_it_out(tmp_path: Path) -> None:
    then = AT - timedelta(days=20)
    (tmp_path / "nlu" / "en").mkdir(parents=True)
    (tmp_path / "nlu" / "en" / "a.yml").write_text("nlu: [1]")
    git(tmp_path, then, "init", "-q")
    git(tmp_path, then, "add", "nlu")
    git(tmp_path, then, "commit", "-qm", "first")
    assert added_lately(tmp_path, write(tmp_path, "hello"), AT) is None


def project(root: Path) -> Path:
    write(root, "hello", "hi")
    (root / "locales").mkdir()
    entry = "{name: X, script: Latn, direction: ltr, digits: latn, plural: '', state: draft}"
    (root / "locales" / "languages.yml").write_text(f"en: {entry}\nfa: {entry}\n")
    (root / "tests" / "understanding").mkdir(parents=True)
    (root / "tests" / "understanding" / "fa.yml").write_text(
        "romanised:\n  greet: [salam, 12]\nnative:\n  thank: [x]\n"
    )
    return root


def test_messages_are_read_with_language_and_script(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert held_out(root) == [
        Message("fa", "romanised", "salam", "greet"),
        Message("fa", "romanised", "12", "greet"),
        Message("fa", "native", "x", "thank"),
    ]
    assert training(root) == [Message("en", "native", text, "greet") for text in ("hello", "hi")]


def test_a_language_without_messages_is_named(tmp_path: Path) -> None:
    root = project(tmp_path)
    with pytest.raises(
        MessagesError, match="«xx» has no held-out messages in tests/understanding; choose from fa"
    ):
        held_out(root, ["fa", "xx"])
    with pytest.raises(MessagesError, match="«fa» has no training messages"):
        training(root, ["fa"])


@pytest.mark.parametrize("wrong", ["[1", "- a", "native: 3"])
def test_a_held_out_file_of_another_form_is_named(tmp_path: Path, wrong: str) -> None:
    (project(tmp_path) / "tests" / "understanding" / "fa.yml").write_text(wrong)
    with pytest.raises(MessagesError, match=r"fa\.yml does not map scripts"):
        held_out(tmp_path)


@pytest.mark.parametrize("wrong", ["nlu: [1]", "other: []", "nlu:\n- intent: greet", "[1"])
def test_a_training_file_of_another_form_is_named(tmp_path: Path, wrong: str) -> None:
    (project(tmp_path) / "nlu" / "en" / "a.yml").write_text(wrong)
    with pytest.raises(MessagesError, match=r"a\.yml is not a list of intents"):
        training(tmp_path)


def test_plain_latin_letters_outside_english_are_romanised() -> None:
    found = [script_of(*one) for one in (("vi", "toi doi"), ("vi", "tôi đói"), ("en", "hi"), ("fa", "2 👍"))]
    assert found == ["romanised", "native", "native", "native"]


def test_an_answer_of_the_child_becomes_a_reading() -> None:
    line = '{"intent": "greet", "confidence": 0.5, "ranking": [{"intent": "greet", "confidence": 0.5}]}'
    message = Message("en", "native", "hi", "greet")
    assert reading_of(message, line) == Reading(message, (("greet", 0.5),))
