"""Step 9, said: the file of a text read aloud, as a channel sends it."""

from __future__ import annotations

from pathlib import Path

from anyio.to_thread import run_sync

from bot.channels.channel import Bubble, UnreachableError
from bot.conversation.means import Means
from bot.language.audio import by_name

OGG_OPUS = "audio/ogg; codecs=opus"  # the media type of every recording
FILE_NAME = "audio.ogg"  # what a platform is told: nothing of what is said


def audio_file(means: Means, name: str) -> Path:
    """The recording `name` of a bubble. `UnreachableError` where it is gone, or synthetic and this is no demo."""
    found = by_name(means.catalogue.locales, name, synthetic=means.settings.demo)
    if found is None:
        raise UnreachableError
    return found.path


async def sound_of(means: Means, bubble: Bubble) -> bytes:
    """The recording that `bubble` carries, whole: at most half a megabyte. Errors as `audio_file`."""
    path = audio_file(means, bubble.audio or "")
    try:
        return await run_sync(path.read_bytes)
    except FileNotFoundError:
        raise UnreachableError from None
