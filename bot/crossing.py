"""Steps 4 to 9 of the message's way: the question whether a request may go to an office in another country.

It names the city and the country and never IOM, so that it can be put to those who asked that nobody should.
"""

from __future__ import annotations

from bot import speech
from bot.eligibility.office import Office
from bot.speech import Say

QUESTION, YES = "border_ask", "border_yes"  # responses of domain.yml


def said_of(name: str, office: Office) -> Say:
    """Response `name` about an office."""
    return Say(name, {"city": speech.city(office.city), "country": speech.country(office.country)})
