"""Rasa as it runs: its one door asks for the secret, its own HTTP API is not there, and words stay words."""

from __future__ import annotations

import re

import httpx
import pytest
import yaml
from player import Player

from bot.processes.engine import Engine
from bot.processes.roster import RASA_PYTHON
from bot.settings import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(300)]
PACKAGES = RASA_PYTHON.parents[1] / "lib" / "python3.10" / "site-packages"
# As Rasa's own source has them: `@app.post("/model/train")`.
ROUTE = re.compile(r'@app\.(get|post|put|delete)\("(/[^"]*)"')
PART = re.compile(r"<\w+(?::\w+)?>")
CHANNELS = ("rest", "callback", "socketio", "telegram", "slack", "facebook", "twilio", "botframework")
ROOT_ROUTE = ("get", "/")  # says that Rasa is there, and nothing more


def api() -> list[tuple[str, str]]:
    found = ROUTE.findall((PACKAGES / "rasa" / "server.py").read_text(encoding="utf-8"))
    return [(method, PART.sub("c0ffee", path)) for method, path in found]


def test_the_list_is_rasas_own() -> None:
    assert len(api()) > 15
    assert {("put", "/model"), ("post", "/model/train"), ("get", "/conversations/c0ffee/tracker")} <= set(api())


def test_nothing_of_rasas_own_http_api_answers(trained: Engine) -> None:
    with httpx.Client(base_url=trained.turn_url, trust_env=False, timeout=30) as client:
        for method, path in set(api()) - {ROOT_ROUTE}:
            for secret in ("-", "wrong", trained.turn_secret):
                headers = {"X-Turn-Secret": secret, "Authorization": f"Bearer {secret}"}
                answer = client.request(method, path, params={"token": secret}, headers=headers)
                assert answer.status_code == 404, (method, path)
        for channel in CHANNELS:
            for path in (f"/webhooks/{channel}/webhook", f"/webhooks/{channel}/"):
                assert client.post(path, json={"sender": "c", "message": "hi"}).status_code == 404, path


def test_the_one_door_asks_for_the_secret_and_no_site_may_read_it(trained: Engine) -> None:
    with httpx.Client(base_url=trained.turn_url, trust_env=False, timeout=30) as client:
        for secret in ("", "wrong", trained.turn_secret[:-1], f"{trained.turn_secret}x"):
            headers = {"X-Turn-Secret": secret, "Origin": "https://elsewhere.test"}
            answer = client.post("/webhooks/turn/take", headers=headers, json={"state": None})
            assert answer.status_code == 403, secret
            assert "access-control-allow-origin" not in answer.headers


def test_every_intent_typed_is_words_and_fills_nothing(person: Player) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    person.arrive("age")
    turn, state, language, _ = person.way["age"]
    for each in domain["intents"]:
        intent = each if isinstance(each, str) else next(iter(each))
        outcomes = []
        for front in ("", "/", "/\u00a0/\u00a0/"):
            person.turn, person.state, person.language = turn, state, language
            person.write(f'{front}{intent}@1.0{{"answer":"adult"}}')
            outcomes.append((person.names, person.heard, person.state))
        assert outcomes == outcomes[:1] * 3, intent
        assert "age" not in (person.state or {}).get("slots", {}), intent
