"""Sounds for tests: a tone as a browser or a recorder would send it, kept as a recording of a text."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from bot.conversation.means import Means
from bot.language.audio import ENDING, SYNTHETIC_ENDING
from bot.language.recorder import keep_recording


def tone(
    *,
    seconds: float = 1.0,
    rate: int = 48_000,
    channels: int = 1,
    level: float = 0.5,
    container: str = "WAV",
    subtype: str | None = None,
) -> bytes:
    """A sine of 440 Hz in a file of the given form."""
    times = np.arange(round(seconds * rate)) / rate
    samples = np.repeat((level * np.sin(2 * np.pi * 440 * times))[:, None], channels, axis=1)
    sound = io.BytesIO()
    soundfile.write(sound, samples, rate, format=container, subtype=subtype)
    return sound.getvalue()


def recorded(means: Means, response: str = "ask_age", text: str = "How old are you?") -> Path:
    """`text`, the English of `response`, read aloud."""
    return keep_recording(means.catalogue.locales, "en", response, text, tone())


def synthetic(means: Means) -> Path:
    """`ask_age` read aloud by a computer, and by nobody else."""
    path = recorded(means)
    return path.rename(path.with_name(path.name.replace(ENDING, SYNTHETIC_ENDING)))
