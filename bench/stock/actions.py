"""The stock assistant's actions, as rasa-sdk's documentation would have one write them; rasa-sdk runs them.

Beside the message's way. It is started in the folder of the written domain, and given in `STOCK_REFERRALS` where
referrals are kept.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

DOMAIN = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))


def of_its_buttons(slot: str) -> Callable[..., dict[str, Any]]:
    """The check of a slot: one of its question's buttons, or the question comes again."""
    payloads = {button["payload"] for button in DOMAIN["responses"][f"utter_ask_{slot}"][0]["buttons"]}

    def validate(
        _action: FormValidationAction,
        value: Any,
        _dispatcher: CollectingDispatcher,
        _tracker: Tracker,
        _domain: DomainDict,
    ) -> dict[str, Any]:
        return {slot: value if f'/inform{{"{slot}": "{value}"}}' in payloads else None}

    return validate


class ValidateAssessmentForm(FormValidationAction):  # type: ignore[misc]  # rasa-sdk is untyped
    """The questions."""

    def name(self) -> str:
        """As Rasa calls it."""
        return "validate_assessment_form"


class ValidateReferralForm(FormValidationAction):  # type: ignore[misc]  # rasa-sdk is untyped
    """The wishes for the referral."""

    def name(self) -> str:
        """As Rasa calls it."""
        return "validate_referral_form"


# rasa-sdk looks for a method of each slot's name.
for of in (ValidateAssessmentForm, ValidateReferralForm):
    for asked in DOMAIN["forms"][of().form_name()]["required_slots"]:
        setattr(of, f"validate_{asked}", of_its_buttons(asked))


class Verdict(Action):  # type: ignore[misc]  # rasa-sdk is untyped
    """One sentence for everybody: deciding costs it nothing."""

    def name(self) -> str:
        """As Rasa calls it."""
        return "action_verdict"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Says that the person may qualify."""
        del tracker, domain
        dispatcher.utter_message(response="utter_verdict_likely")
        return []


class SendReferral(Action):  # type: ignore[misc]  # rasa-sdk is untyped
    """A row in SQLite, committed before the person is told."""

    def name(self) -> str:
        """As Rasa calls it."""
        return "action_send_referral"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Stores what was answered."""
        del domain
        reference = secrets.token_hex(4)
        kept = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        with sqlite3.connect(os.environ["STOCK_REFERRALS"]) as database:
            database.execute("CREATE TABLE IF NOT EXISTS referral (reference TEXT PRIMARY KEY, answers TEXT)")
            database.execute("INSERT INTO referral VALUES (?, ?)", (reference, json.dumps(kept)))
        database.close()
        dispatcher.utter_message(response="utter_referral_sent", reference=reference)
        return []
