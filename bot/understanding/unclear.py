"""Beside the message's way: kept messages that were not understood, as lines for who writes `nlu/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml

_EXPLAINED = """\
# Messages that were not understood. The people who wrote them agreed that they are kept; each goes after 90 days.
# Taken out: # numbers, <place> countries and cities, <link> links and mail, <word> all words that no message in
# nlu/<language>/ has. A name that is an everyday word too may have stayed: if you see one, do not pass it on.
# Find out what was meant, and write messages of your own like it under that intent in nlu/<language>/; copy none.
"""
_NONE = "# None is kept. Nothing is asked or kept unless BOT_KEEP_UNCLEAR is 1: docs/operators.md\n"


def as_lines(kept: Mapping[str, Sequence[str]]) -> str:
    """The texts by language as YAML, a line each, with a comment that explains the signs in them."""
    if not kept:
        return _EXPLAINED + _NONE
    listed = {language: list(texts) for language, texts in kept.items()}
    return _EXPLAINED + yaml.safe_dump(listed, allow_unicode=True, width=2**31, sort_keys=True)
