"""Beside the message's way: why nothing can start, in one sentence that also says what to do."""

from __future__ import annotations


class StartError(Exception):
    """Something that must be put right by hand before a start; its message is all that is shown."""
