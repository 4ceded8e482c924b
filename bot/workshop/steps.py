"""Beside the message's way: the steps of a rehearsed talk, as `paths.yml` writes them and as they are heard.

    tap <intent> [entity=value …]     a button on the screen
    type <intent> [entity=value …]    the words of a button, typed
    means <intent> [entity=value …]   words that mean this, though no button on the screen does
    write <words>                     words that the model has no reading for: a name, a number, a message
    unclear [<intent> …]              words whose likely readings are these
    photo · place <latitude> <longitude> · old       not words: a picture, a pin, a button from before
    back <minutes>                    the person writes again after a silence
    office <status>                   the office does something with the request; nothing is said
    gateway <response>                what no rule says (bot/workshop/gateway_says.py)

The language that is being worked on is written `*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.eligibility import Offices
from bot.speech import Say
from bot.workshop.gateway_says import GATEWAY
from bot.workshop.rehearsal import Heard, Rehearsal, Standing

URGENT = frozenset(
    {"danger", "stop", "erase_data", "change_language"}
)  # done at once, before a language is chosen
CLOSED = ("closed", "withdrawn")
ANY_LANGUAGE = "*"
UNREAD = "nlu_fallback"
_WITH_ENTITIES = ("tap", "type", "means")
_KINDS = (*_WITH_ENTITIES, "write", "unclear", "photo", "place", "old", "back", "office", "gateway")
_WORDLESS: Mapping[str, Callable[[Sequence[str]], Mapping[str, str]]] = {
    "photo": lambda _words: {"not_text": "photo"},
    "place": lambda words: {"latitude": words[0], "longitude": words[1]},
    "old": lambda _words: {"old_button": "yes"},
}


class StepError(Exception):
    """A step is not one of those; the message quotes it."""


@dataclass(frozen=True)
class Step:
    """One step: `words` are what follows its kind, without the entities."""

    kind: str
    words: tuple[str, ...] = ()
    entities: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The form in which it is written."""
        return " ".join((self.kind, *self.words, *(f"{name}={value}" for name, value in self.entities.items())))

    @property
    def tapped(self) -> dict[str, object]:
        """The tap that it is, as buttons carry it."""
        return {"intent": self.words[0], "entities": dict(self.entities)}


def read_step(written: str) -> Step:
    """The step in its written form; `StepError` if it is none."""
    kind, *words = written.split()
    if kind not in _KINDS:
        raise StepError(f"«{written}» is no step; it begins with one of {', '.join(_KINDS)}.")
    if kind not in _WITH_ENTITIES:
        return Step(kind, tuple(words))
    pairs = dict(word.partition("=")[::2] for word in words[1:])
    if not words or not all(pairs.values()):
        raise StepError(f"«{written}» needs an intent, then its entities as name=value.")
    return Step(kind, (words[0],), pairs)


def heard_in(step: Step, standing: Standing, language: str) -> Heard | None:
    """What the step says to the talk; None where nobody says anything."""
    heard = _heard(step, standing, language)
    if heard is None or heard.intent in URGENT or standing.language is not None:
        return heard
    return Heard("inform", {"arrived": "yes"}, heard.text)


def _heard(step: Step, standing: Standing, language: str) -> Heard | None:
    match step.kind:
        case "tap" | "means" | "type":
            entities = {k: language if v == ANY_LANGUAGE else v for k, v in step.entities.items()}
            return Heard(step.words[0], entities | ({"typed": "yes"} if step.kind == "type" else {}))
        case "write":
            return Heard(UNREAD, text=" ".join(step.words))
        case "unclear":
            return Heard(UNREAD, text="…", ranking=step.words)
        case "photo" | "place" | "old":
            return Heard("inform", _WORDLESS[step.kind](step.words))
        case "back":
            returned = {"returned": "yes"} if standing.slots.get("trail") else {}
            return Heard("inform" if returned else "greet", returned, silent_minutes=int(step.words[0]))
    return None


def take_step(
    rehearsal: Rehearsal, standing: Standing, step: Step, language: str, offices: Offices
) -> tuple[tuple[Say, ...], Standing] | None:
    """What is said after `step`, and where the talk then stands; None where the step cannot be taken."""
    if step.kind == "gateway":
        return (GATEWAY[step.words[0]](offices, language),), standing
    if step.kind == "office":
        if standing.referral is None:
            return None
        (status,) = step.words
        return (), replace(
            standing, referral={**standing.referral, "status": status, "open": status not in CLOSED}
        )
    heard = heard_in(step, standing, language)
    if heard is None:
        return None
    played = rehearsal.play(standing, heard)
    return played.says, played.standing
