"""Step 3, last in the pipeline: a message read in its context, from the classifier's ranking to one intent.

Pure functions, without Rasa. The order is the rule: harm in plain words first, then the chosen language's own
short answers, then harm that the classifier suspects, then its best reading, then doubt; and over all of these
where the person stands, arriving or coming back after a silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nlu.engine.normalise import bare
from nlu.engine.words import Words

# A fear of return and a question about being held are answered with protection of their own: they win a tie
# with `danger` (understanding.md).
FEARS = frozenset({"faq/afraid", "faq/home_safe", "faq/trafficking"})
# A silence of this many minutes may mean that another hand holds the phone (protection.md).
LONG_SILENCE = 15
# Rasa's own name for a message below the threshold.
UNCLEAR = "nlu_fallback"
# What is done at once, however long the silence.
NEVER_DELAYED = frozenset({"danger", "stop", "erase_data", "change_language"})
_LANGUAGE_FOR_DANGER = "en"
_RANKED = 5

Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Context:
    """What the turn knows around a message: the person's language, the question asked, minutes of silence.

    `arriving`: no language has been chosen yet.
    """

    language: str | None = None
    asked: str | None = None
    silent_minutes: int | None = None
    has_answers: bool = False
    arriving: bool = False

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any] | None) -> Context:
        """The context in the metadata that the turn channel sets; what is not there is not known."""
        known = metadata or {}
        return cls(
            known.get("language"),
            known.get("asked"),
            known.get("silent_minutes"),
            bool(known.get("has_answers")),
            bool(known.get("arriving")),
        )


@dataclass(frozen=True)
class Limits:
    """Probabilities from 0 to 1, measured by cross-validation on the training messages (bench/understanding.py).

    `unclear`: below it the best readings are offered. `danger`: from it on, danger need not be the best reading.
    `fear`: from it on, a fear of return outweighs a danger phrase in the same message.
    """

    unclear: float
    danger: float
    fear: float


@dataclass(frozen=True)
class Heard:
    """How a message was read: intent (in full, as `faq/cost`), probability, the best readings, what it names."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: Mapping[str, Any] = field(default_factory=dict)


def read(text: str, ranking: Ranking, context: Context, words: Mapping[str, Words], limits: Limits) -> Heard:
    """A message's reading. `ranking`: the classifier's, all intents, best first; never empty.

    The ranking handed on keeps the classifier's best readings; one that a rule chose stands first in it.
    """
    message = bare(text)
    own = _own_words(words, context.language)
    intent, confidence = ranking[0]
    heard = Heard(intent, confidence, tuple(ranking[:_RANKED]))
    danger = dict(ranking).get("danger", 0.0)
    if _names_danger(message, heard, (own, words.get(_LANGUAGE_FOR_DANGER, Words())), limits):
        heard = _chosen(heard, "danger", 1.0)
    elif message in own.short:
        heard = _chosen(heard, own.short[message], 1.0)
    elif choice := _choice(message, own, context):
        heard = replace(_chosen(heard, "inform", 1.0), entities={"choice": choice})
    elif intent == "danger" or (intent not in FEARS and danger >= limits.danger):
        heard = _chosen(heard, "danger", danger)
    elif confidence < limits.unclear:
        heard = replace(heard, intent=UNCLEAR)
    return _in_place(heard, context)


def read_tap(tap: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """The `parse_data` of Rasa's `UserMessage` for a tapped button: `{"intent": …, "entities": {…}}`."""
    intent = str(tap["intent"])
    heard = Heard(intent, 1.0, ((intent, 1.0),), tap.get("entities") or {})
    return {"text": "", **as_parsed(_in_place(heard, Context.from_metadata(metadata)))}


def as_parsed(heard: Heard) -> dict[str, Any]:
    """A reading under the keys Rasa uses, with what a retrieval intent's response needs."""
    parsed: dict[str, Any] = {
        "intent": {"name": heard.intent.split("/")[0], "confidence": heard.confidence},
        "intent_ranking": [{"name": name, "confidence": chance} for name, chance in heard.ranking],
        "entities": [{"entity": name, "value": value} for name, value in heard.entities.items()],
        "response_selector": {"all_retrieval_intents": []},
    }
    if "/" in heard.intent:
        topic = parsed["intent"]["name"]
        parsed["intent"]["full_retrieval_intent_name"] = heard.intent
        response = {
            "intent_response_key": heard.intent,
            "utter_action": f"utter_{heard.intent}",
            "confidence": heard.confidence,
        }
        parsed["response_selector"] = {"all_retrieval_intents": [topic], topic: {"response": response}}
    return parsed


def _own_words(words: Mapping[str, Words], language: str | None) -> Words:
    """The chosen language's lists; a variety such as fa_AF without its own has its language's."""
    if language is None:
        return Words()
    return words.get(language) or words.get(language.split("_")[0]) or Words()


def _names_danger(message: str, heard: Heard, lists: Sequence[Words], limits: Limits) -> bool:
    """Whether a danger phrase stands in the message, and it is not surely a fear of return."""
    afraid = heard.intent in FEARS and heard.confidence >= limits.fear
    return not afraid and any(each.has_danger(message) for each in lists)


def _choice(message: str, own: Words, context: Context) -> str | None:
    """The choice a message names: a bare number always, a word such as «second» only where something is asked."""
    if message.isdecimal():
        return message
    return own.choices.get(message) if context.asked else None


def _chosen(heard: Heard, intent: str, confidence: float) -> Heard:
    """The reading a rule chose, first in the ranking; the others follow as they were."""
    others = [reading for reading in heard.ranking if reading[0] != intent]
    return Heard(intent, confidence, ((intent, confidence), *others)[:_RANKED])


def _in_place(heard: Heard, context: Context) -> Heard:
    """Before a language is chosen every message is an arrival, after a long silence a return; not what is urgent.

    Both are choices (`inform`) that the person did not tap: `stories/` answers them by their entity.
    """
    if heard.intent in NEVER_DELAYED:
        return heard
    if context.arriving:
        return replace(heard, intent="inform", entities={"arrived": "yes"})
    silent = context.silent_minutes is not None and context.silent_minutes >= LONG_SILENCE
    if silent and context.has_answers:
        return replace(heard, intent="inform", entities={"returned": "yes"})
    return heard
