"""The plain Rasa assistant that ours is measured against: its project written from our words, and trained.

The questions, buttons, answers and English messages to learn from are ours; the talk, the pipeline and the actions
stand in `bench/stock/`. What is made is kept in `var/bench/stock`, and made anew when the talk changes; another
wording of a sentence is no reason to train again, since no turn gets quicker or slower by it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

from bot.eligibility.questions import QUESTION_BY_ID, QUESTIONS
from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.settings import ROOT

HERE = Path(__file__).parent / "stock"
PROJECT = ROOT / "var" / "bench" / "stock"
MOST_SECONDS = 3600.0  # of training; then it is given up
# The steps of each form beside the questions, in the order of our talk.
CHECKED = ("read_back", "asylum_notice")
WISHES = ("office", "who", "needs_done", "contact_way", "contact_time", "contact_name", "consent")
FORMS = {"assessment_form": (*(one.id for one in QUESTIONS), *CHECKED), "referral_form": WISHES}
# What is said without a form, and what its buttons do where our screens decide it.
SAID = ("notice", "verdict_likely", "referral_sent", "thank", "goodbye", "out_of_scope")
BUTTONS = {"notice": "/start_assessment", "verdict_likely": "/talk_to_person"}
COUNTRIES = 8  # as many as our list shows at once
MESSAGES = 12  # of each intent that are learned: all of them take hours, and no turn gets quicker by it
ACTIONS = ("action_verdict", "action_send_referral", "validate_assessment_form", "validate_referral_form")
_PLACE = re.compile(r"\{(?!reference\})\w+\}")

Domain = Mapping[str, Any]


def trained(name: str) -> Path:
    """The model of `bench/stock/NAME.yml`, trained if missing or stale; how long that took stands beside it."""
    ours = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain = domain_of(ours)
    model, note = PROJECT / f"{name}.tar.gz", PROJECT / f"{name}.json"
    made_of = fingerprint(name, domain)
    if model.exists() and note.exists() and json.loads(note.read_text())["made_of"] == made_of:
        return model
    write_project(domain)
    print(f"training the {name} assistant (log: {PROJECT / name}.log)", file=sys.stderr, flush=True)
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(HERE / f"{name}.yml"), "--out", "."]
    command += ["--fixed-model-name", name, "--data", "data", "--domain", "domain.yml"]
    began = time.monotonic()
    with (PROJECT / f"{name}.log").open("wb") as log:
        subprocess.run(
            command,
            cwd=PROJECT,
            env=plain_environment(),
            stdout=log,
            stderr=log,
            check=True,
            timeout=MOST_SECONDS,
        )
    note.write_text(json.dumps({"made_of": made_of, "seconds": round(time.monotonic() - began)}))
    return model


def seconds_trained(name: str) -> int:
    """How long the training of a model took."""
    return int(json.loads((PROJECT / f"{name}.json").read_text())["seconds"])


def plain_environment() -> dict[str, str]:
    """The machine's environment; Rasa is quiet, on as many threads as it likes."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BOT_")}
    quiet = {name: RASA_QUIET[name] for name in ("RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "TQDM_DISABLE")}
    return {**plain, **quiet, "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def write_project(domain: Domain) -> None:
    """Domain, messages, rules and stories."""
    data = PROJECT / "data"
    data.mkdir(parents=True, exist_ok=True)
    (PROJECT / "domain.yml").write_text(json.dumps(domain, ensure_ascii=False), encoding="utf-8")
    files = sorted((ROOT / "nlu" / "en").glob("*.yml"))
    blocks = [block for file in files for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]
    for block in blocks:
        block["examples"] = "".join(block["examples"].splitlines(keepends=True)[:MESSAGES])
    # JSON is YAML; but Rasa knows a file of messages by a line that begins with this word.
    said = f'version: "3.1"\nnlu: {json.dumps(blocks, ensure_ascii=False)}\n'
    (data / "nlu.yml").write_text(said, encoding="utf-8")
    for name in ("rules.yml", "stories.yml"):
        shutil.copy(HERE / name, data / name)


def domain_of(ours: Domain) -> dict[str, Any]:
    """A domain with our words, and slots that the buttons fill."""
    slots = ["language", *(slot for slots in FORMS.values() for slot in slots)]
    return {
        "version": "3.1",
        "intents": ours["intents"],
        "entities": slots,
        "slots": {slot: slot_of(slot) for slot in slots},
        "forms": {form: {"required_slots": list(slots)} for form, slots in FORMS.items()},
        "actions": ["utter_faq", *ACTIONS],
        "responses": responses_of(ours["responses"]),
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def slot_of(name: str) -> dict[str, Any]:
    """A slot that an entity of its name fills; those of a form only there."""
    forms = [form for form, slots in FORMS.items() if name in slots]
    where = {"conditions": [{"active_loop": form} for form in forms]} if forms else {}
    mapping = {"type": "from_entity", "entity": name, **where}
    return {"type": "text", "influence_conversation": False, "mappings": [mapping]}


def responses_of(ours: Domain) -> dict[str, Any]:
    """Every response that the talk needs, by the names that Rasa's forms and rules look for."""
    found = {name: ours[name] for name in ours if name.startswith("utter_faq/")}
    found = {name: [{"text": said[0]["text"]}] for name, said in found.items()}
    found |= {f"utter_{name}": [said_of(ours, name)] for name in SAID}
    found |= {f"utter_ask_{slot}": [asked_of(ours, slot)] for slots in FORMS.values() for slot in slots}
    found["utter_ask_read_back"][0]["text"] = read_back(ours)
    buttons = [{"title": "English", "payload": '/change_language{"language": "en"}'}]
    found["utter_choose_language"] = [{"text": ours["greeting"][0]["text"], "buttons": buttons}]
    return found


def said_of(ours: Domain, name: str) -> dict[str, Any]:
    """A response without a form; its first button leads on."""
    first = ours[name][0]
    buttons = [dict(button) for button in first.get("buttons", ())]
    if name in BUTTONS:
        buttons[0]["payload"] = BUTTONS[name]
    return {"text": _PLACE.sub("", first["text"]), **({"buttons": buttons} if buttons else {})}


def asked_of(ours: Domain, slot: str) -> dict[str, Any]:
    """The question that fills a slot, each of its buttons with its value."""
    first = ours[slot if slot in CHECKED else f"ask_{slot}"][0]
    given = [(button["title"], value_of(button["payload"])) for button in first.get("buttons", ())]
    if slot in QUESTION_BY_ID and QUESTION_BY_ID[slot].takes_country:
        given = countries(slot)
    buttons = [{"title": title, "payload": f'/inform{{"{slot}": "{value}"}}'} for title, value in given]
    return {"text": _PLACE.sub("", first["text"]), "buttons": buttons}


def value_of(payload: str) -> str:
    """What a button of ours stands for: the value in it, or its intent."""
    intent, brace, entities = payload.lstrip("/").partition("{")
    return str(next(iter(json.loads(brace + entities).values()))) if brace else intent


def countries(question: str) -> list[tuple[str, str]]:
    """The first countries of our list, by their English names."""
    listed = yaml.safe_load((ROOT / "criteria" / "likely_countries.yml").read_text(encoding="utf-8"))[question]
    names = Locale("en").territories
    return [(names[code], code) for code in listed[:COUNTRIES]]


def read_back(ours: Domain) -> str:
    """Every answer as Rasa puts slots into a response."""
    lines = [f"• {ours[f'label_{one.id}'][0]['text']}: {{{one.id}}}" for one in QUESTIONS]
    return str(ours["read_back"][0]["text"]).replace("{answers}", "\n".join(lines))


def fingerprint(name: str, domain: Domain) -> str:
    """SHA-256 (hex) over what makes the talk of the model NAME: its files here, and the domain less its words."""
    buttons = {response: said[0].get("buttons") for response, said in domain["responses"].items()}
    files = [HERE / file for file in (f"{name}.yml", "rules.yml", "stories.yml")]
    parts = [json.dumps([{**domain, "responses": buttons}, MESSAGES], sort_keys=True).encode()]
    return hashlib.sha256(b"\0".join([*parts, *(path.read_bytes() for path in files)])).hexdigest()


if __name__ == "__main__":
    for asked in sys.argv[1:] or ("stock", "light"):
        print(trained(asked))
