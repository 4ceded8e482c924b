"""Beside step 9: a text read aloud is kept, or made by a computer to stand in; the workshop alone does this."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bot.language.audio import (
    AUDIO,
    ENDING,
    SYNTHETIC_ENDING,
    can_be_heard,
    read_index,
    text_hash,
    write_index,
)
from bot.language.catalogue import overlays
from bot.language.translations import PLACEHOLDER

LONGEST = 120  # seconds
SHORTEST = 0.3  # seconds: less is a slip of the finger
LARGEST = 12 * 1024 * 1024  # bytes of what is sent to us: two minutes of WAV, 16 bit, mono, 48 kHz
LARGEST_KEPT = 512 * 1024  # bytes: WhatsApp plays a larger one only after a download
QUIETEST = 0.01  # of the highest level there is
_RATE = 24_000  # Hz: one of those that Opus knows, and more than a voice needs
_LEVEL = 0.92  # of libsndfile's scale: about 25 kbit/s, at most 400 kB
_MOST_CHANNELS, _RATES = 2, range(8_000, 192_001)
_SPEAKING = 60  # seconds that the voice of the computer may take
ESPEAK = "espeak-ng"  # Debian's package and program

Samples = npt.NDArray[np.float32]


class AudioError(Exception):
    """This cannot be kept or made; the message says why, and what to do."""


def keep_recording(locales: Path, language: str, context: str, text: str, sound: bytes) -> Path:
    """`sound`, somebody reading `text`, kept as Opus; it takes the place of all that `context` had in `language`.

    `sound` is a whole file: WAV, FLAC, MP3 or Ogg, at most `LARGEST` bytes and `LONGEST` seconds. `AudioError`
    says what is wrong; then everything stays as it was.
    """
    if not can_be_heard(context, text):
        raise AudioError(
            f"Nothing can be recorded for {context}: its text is empty, or words are put into it when it is said."
        )
    opus = _as_opus(_decoded(sound))
    if len(opus) > LARGEST_KEPT:
        raise AudioError("The recording is too large: read faster, or in a quieter place.")
    folder, name = _folder(locales, language), text_hash(language, context, text)
    path = _write(folder / f"{name}{ENDING}", opus)
    index = read_index(locales, language)
    earlier = {key for key, of in index.items() if of == context and key != name}
    write_index(locales, language, {key: of for key, of in index.items() if key not in earlier} | {name: context})
    for key in earlier:
        (folder / f"{key}{ENDING}").unlink(missing_ok=True)
    (folder / f"{name}{SYNTHETIC_ENDING}").unlink(missing_ok=True)
    return path


def make_placeholder(locales: Path, language: str, context: str, text: str) -> Path:
    """`text` spoken by espeak-ng and marked as synthetic, until somebody has read it; placeholders are not spoken.

    `AudioError` where espeak-ng is not installed, has no voice for `language` or fails.
    """
    words = PLACEHOLDER.sub(" ", text).strip()
    if not words:
        raise AudioError(f"The text of {context} has no words to speak.")
    voice = voice_of(language)
    if voice is None:
        raise AudioError(f"{ESPEAK} is not here, or has no voice for {language}: record the text instead.")
    try:
        spoken = subprocess.run(  # noqa: S603 - the words come by stdin
            [ESPEAK, "-v", voice, "--stdin", "--stdout"],
            input=words.encode(),
            capture_output=True,
            timeout=_SPEAKING,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise AudioError(f"{ESPEAK} could not speak the text of {context}: {type(error).__name__}.") from None
    name = text_hash(language, context, text)
    return _write(_folder(locales, language) / f"{name}{SYNTHETIC_ENDING}", _as_opus(_decoded(spoken)))


def voice_of(language: str) -> str | None:
    """espeak-ng's name of a voice for `language`, or for the one it overlays; None without voice or espeak-ng."""
    for code in overlays(language):
        try:
            listed = subprocess.run(  # noqa: S603 - Debian's program, by its name
                [ESPEAK, f"--voices={code}"],
                capture_output=True,
                text=True,
                timeout=_SPEAKING,
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return None
        # One voice a line, under a line of headings; those of MBROLA need files that Debian leaves out.
        if any("mbrola" not in line for line in listed.splitlines()[1:]):
            return code
    return None


def _decoded(sound: bytes) -> Samples:
    """One channel of samples at `_RATE`; `AudioError` for what is no sound, too long, too short or silent."""
    if len(sound) > LARGEST:
        raise AudioError(f"The recording has more than {LARGEST // 1024 // 1024} MB: shorten it.")
    try:
        with soundfile.SoundFile(io.BytesIO(sound)) as file:
            rate = file.samplerate
            if file.channels > _MOST_CHANNELS or rate not in _RATES:
                raise AudioError("The recording must have one or two channels and 8 to 192 kHz; record it again.")
            # A header may promise more than there is, so what is there is counted.
            read = file.read((LONGEST + 1) * rate, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError, MemoryError):
        raise AudioError("This is no sound that can be read: send WAV, FLAC, MP3 or Ogg.") from None
    samples: Samples = read.mean(axis=1)
    if not SHORTEST * rate <= len(samples) <= LONGEST * rate:
        raise AudioError(f"The recording must last from {SHORTEST} to {LONGEST} seconds; record it again.")
    if not np.isfinite(samples).all() or np.abs(samples).max() < QUIETEST:
        raise AudioError("The recording is silent: see that the microphone is on, and record it again.")
    return _resampled(samples, rate)


def _resampled(samples: Samples, rate: int) -> Samples:
    """The same sound at `_RATE`: what is higher than that can hold is left out."""
    if rate == _RATE:
        return samples
    length = round(len(samples) * _RATE / rate)
    resampled = np.fft.irfft(np.fft.rfft(samples), length) * (length / len(samples))
    fitting: Samples = np.clip(resampled, -1, 1).astype(np.float32)
    return fitting


def _as_opus(samples: Samples) -> bytes:
    made = io.BytesIO()
    with soundfile.SoundFile(made, "w", _RATE, 1, format="OGG", subtype="OPUS", compression_level=_LEVEL) as file:
        for start in range(0, len(samples), _RATE):  # libsndfile breaks on long pieces
            file.write(samples[start : start + _RATE])
    return made.getvalue()


def _folder(locales: Path, language: str) -> Path:
    if not (locales / language).is_dir():
        raise AudioError(f"There is no folder locales/{language}: make the language's messages.po first.")
    folder = locales / language / AUDIO
    folder.mkdir(exist_ok=True)
    return folder


def _write(path: Path, sound: bytes) -> Path:
    # Whole or not at all: a running bot may look at any moment.
    new = path.with_suffix(".new")
    new.write_bytes(sound)
    return new.replace(path)
