"""Step 5, checked: `bot assess`, one JSON object in, one out."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from plain_answers import PLAIN

from bot.commands import assess

ANSWERS = {**PLAIN, "origin": "NP", "mixed_status": False}
LIKELY = {"outcome": "LIKELY", "reasons": [], "routes": ["R1"], "flags": [], "to_check": [], "next": None}


def answered(*lines: str) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = assess.main([], io.StringIO("".join(f"{line}\n" for line in lines)), out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_all_answers() -> None:
    assert answered(json.dumps(ANSWERS)) == (0, [LIKELY])


def test_the_keys_come_in_their_order() -> None:
    _, [verdict] = answered("{}")
    assert list(verdict) == ["outcome", "reasons", "routes", "flags", "to_check", "next"]


def test_missing_answers() -> None:
    code, verdicts = answered("{}", '{"safe_to_talk": "no", "held": "prison_sentence"}')
    assert code == 0
    assert verdicts[0] == {
        "outcome": None,
        "reasons": [],
        "routes": [],
        "flags": [],
        "to_check": [],
        "next": "safe_to_talk",
    }
    assert verdicts[1] == {
        "outcome": "COUNSELLOR",
        "reasons": ["prison_sentence", "unsafe_to_talk"],
        "routes": [],
        "flags": ["safety"],
        "to_check": ["prison_sentence"],
        "next": "country_now",
    }


def test_mixed_status_is_a_fact() -> None:
    _, [verdict] = answered(json.dumps({**ANSWERS, "mixed_status": True}))
    assert (verdict["outcome"], verdict["reasons"]) == ("COUNSELLOR", ["mixed_status"])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("not json", "not JSON"),
        ("", "not JSON"),
        ('{"age": "adult"', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"age": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "not a JSON object"),
        ('"adult"', "not a JSON object"),
        ('{"shoe_size": "42"}', "shoe_size"),
        ('{"age": "17"}', "age"),
        ('{"age": null}', "age"),
        ('{"age": ["adult"]}', "age"),
        ('{"mixed_status": "yes"}', "mixed_status"),
        ('{"mixed_status": null}', "mixed_status"),
        ('{"country_now": "XX"}', "country_now"),
        ('{"\\ud800": "x"}', "unknown question"),
        ('{"age": "adult", "age": "unsure"}', "twice"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_are_answered(line: str, names: str) -> None:
    code, verdicts = answered(json.dumps(ANSWERS), line, json.dumps(ANSWERS))
    assert code == 1
    assert [verdicts[0], verdicts[2]] == [LIKELY, LIKELY]
    assert list(verdicts[1]) == ["error"]
    assert names in verdicts[1]["error"]


def test_criteria_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert assess.main(["--criteria", str(tmp_path)], io.StringIO("{}\n"), io.StringIO()) == 2
    assert "countries.csv" in capsys.readouterr().err


def test_as_a_sub_command(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    parser = argparse.ArgumentParser(prog="bot")
    assess.add_parser(parser.add_subparsers())
    args = parser.parse_args(["assess"])
    wrong_bytes = io.TextIOWrapper(io.BytesIO(b'{"age": "\xff"}\n' + json.dumps(ANSWERS).encode() + b"\n"))
    monkeypatch.setattr(sys, "stdin", wrong_bytes)
    assert args.run(args) == 1
    error, verdict = capsysbinary.readouterr().out.splitlines()
    assert "age" in json.loads(error)["error"]
    assert json.loads(verdict) == LIKELY


def test_the_help_names_every_question_and_value(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        assess.main(["--help"], io.StringIO(), io.StringIO())
    shown = capsys.readouterr().out
    for word in (*ANSWERS, "minor_with_one_parent", "at_sea_or_unknown", "exit:"):
        assert word in shown
