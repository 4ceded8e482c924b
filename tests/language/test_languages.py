from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.language.languages import LanguagesError, load_languages, served
from bot.settings import ROOT

FULL = {"name": "X", "script": "Latn", "direction": "ltr", "digits": "latn", "plural": "p", "state": "draft"}


def write(folder: Path, **languages: object) -> Path:
    path = folder / "languages.yml"
    path.write_text(yaml.safe_dump({"en": FULL, **languages}, sort_keys=False), encoding="utf-8")
    return path


def test_the_languages_of_the_project_load() -> None:
    languages = load_languages(ROOT / "locales" / "languages.yml")
    assert (languages["fa"].direction, languages["fa"].number(305)) == ("rtl", "۳۰۵")
    assert languages["rhg_Latn"].direction == "ltr"
    assert languages["fa_AF"].tag == "fa-AF"


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({**FULL, "state": "ready"}, "ready"),
        ({**FULL, "direction": "up"}, "up"),
        ({**FULL, "digits": "roman"}, "roman"),
        ({key: value for key, value in FULL.items() if key != "name"}, "name"),
        ({**FULL, "state": "reviewed"}, "reviewer"),
        ("x", "mapping"),
    ],
)
def test_a_wrong_entry_does_not_load_and_is_named(tmp_path: Path, entry: object, named: str) -> None:
    with pytest.raises(LanguagesError, match=f"xx.*{named}"):
        load_languages(write(tmp_path, xx=entry))


def test_what_is_served(tmp_path: Path) -> None:
    reviewed = {**FULL, "state": "reviewed", "reviewer": "someone", "date": "2026-01-01"}
    path = write(tmp_path, dd=FULL, rr=reviewed, oo={**FULL, "state": False})  # a bare `off` is false in YAML
    languages = load_languages(path)
    assert served(languages, (), demo=True) == ("en", "dd", "rr")
    assert served(languages, (), demo=False) == ("en", "rr")
    assert served(languages, ("dd", "en"), demo=False) == ("dd", "en")
    assert served(languages, ("rr",), demo=True) == ("en", "rr")
    for listed in ("oo", "zz"):
        with pytest.raises(LanguagesError, match=listed):
            served(languages, (listed,), demo=True)
