"""Texts read aloud: bound to their words, kept as Opus, and made by a computer where nobody has read them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from gateway_rig import words_in
from sounds import tone

from bot.language import recorder
from bot.language.audio import (
    Recording,
    audio_state,
    by_name,
    can_be_heard,
    of_response,
    read_index,
    recording,
    text_hash,
)
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.languages import load_languages
from bot.language.recorder import (
    ESPEAK,
    LARGEST,
    LARGEST_KEPT,
    AudioError,
    keep_recording,
    make_placeholder,
    voice_of,
)
from bot.settings import ROOT

TEXT = "چند سال دارید؟"
ASK = "ask_age"


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    (tmp_path / "locales" / "fa").mkdir(parents=True)
    return tmp_path / "locales"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load_catalogue(words_in(tmp_path))


def keep(catalogue: Catalogue, language: str, response: str, text: str) -> Path:
    return keep_recording(catalogue.locales, language, response, text, tone())


def test_what_is_kept_is_opus_in_ogg_in_one_channel_and_its_name_says_nothing(locales: Path) -> None:
    path = keep_recording(locales, "fa", ASK, TEXT, tone(rate=44_100, channels=2))
    assert path.parent == locales / "fa" / "audio"
    assert path.name == f"{text_hash('fa', ASK, TEXT)}.ogg"
    assert path.read_bytes()[:4] == b"OggS"
    read, rate = soundfile.read(path)
    assert soundfile.info(path).subtype == "OPUS"
    assert (read.ndim, rate) == (1, 24_000)
    assert len(read) / rate == pytest.approx(1, abs=0.05)
    heard = np.abs(np.fft.rfft(read))
    assert np.argmax(heard) * rate / len(read) == pytest.approx(440, abs=5)
    assert recording(locales, "fa", ASK, TEXT) == Recording(path, synthetic=False)


@pytest.mark.parametrize(
    ("container", "subtype"), [("WAV", "PCM_16"), ("FLAC", None), ("OGG", "VORBIS"), ("MP3", None)]
)
def test_what_browsers_and_recorders_give_is_taken(locales: Path, container: str, subtype: str | None) -> None:
    keep_recording(locales, "fa", ASK, TEXT, tone(container=container, subtype=subtype))
    assert audio_state(locales, "fa", ASK, TEXT) == "recorded"


@pytest.mark.parametrize(
    ("language", "context", "text"), [("ur", ASK, TEXT), ("fa", "plain", TEXT), ("fa", ASK, TEXT + "!")]
)
def test_another_text_context_or_language_has_another_name(language: str, context: str, text: str) -> None:
    assert text_hash(language, context, text) != text_hash("fa", ASK, TEXT)


def test_a_changed_text_has_no_audio_and_is_known_to_be_stale(locales: Path) -> None:
    assert audio_state(locales, "fa", ASK, TEXT) == "none"
    old = keep_recording(locales, "fa", ASK, TEXT, tone())
    assert audio_state(locales, "fa", ASK, "چند ساله‌اید؟") == "stale"
    assert recording(locales, "fa", ASK, "چند ساله‌اید؟") is None
    assert audio_state(locales, "fa", "plain", "خوب.") == "none"
    new = keep_recording(locales, "fa", ASK, "چند ساله‌اید؟", tone())
    assert audio_state(locales, "fa", ASK, "چند ساله‌اید؟") == "recorded"
    assert not old.exists()
    assert read_index(locales, "fa") == {new.stem: ASK}


def test_the_index_names_no_person_and_keeps_its_order(locales: Path) -> None:
    for context in ("menu", "ask_age"):
        keep_recording(locales, "fa", context, TEXT, tone())
    rows = (locales / "fa" / "audio" / "index.csv").read_text().splitlines()
    assert [row.partition(",")[2] for row in rows] == ["context", "ask_age", "menu"]
    assert sorted(path.suffix for path in (locales / "fa" / "audio").iterdir()) == [".csv", ".ogg", ".ogg"]


def silent() -> bytes:
    return tone(level=0.0)


def cut_short() -> bytes:
    return tone(container="FLAC")[:60]


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (b"", "no sound"),
        (b"\x1a\x45\xdf\xa3 a webm file", "no sound"),
        (b"RIFF", "no sound"),
        (cut_short(), "no sound|must last"),
        (b"x" * (LARGEST + 1), "MB"),
        (tone(seconds=0.1), "must last"),
        (tone(seconds=121, rate=8_000), "must last"),
        (tone(channels=3), "channels"),
        (tone(rate=4_000), "kHz"),
        (silent(), "silent"),
    ],
    ids=["empty", "webm", "header", "cut", "large", "short", "long", "channels", "rate", "silent"],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_lost(locales: Path, sound: bytes, why: str) -> None:
    path = keep_recording(locales, "fa", ASK, TEXT, tone())
    before = path.read_bytes()
    with pytest.raises(AudioError, match=why):
        keep_recording(locales, "fa", ASK, TEXT, sound)
    assert path.read_bytes() == before
    assert read_index(locales, "fa") == {path.stem: ASK}


def test_two_minutes_of_the_worst_noise_can_still_be_played_at_once(locales: Path) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, 120 * 24_000)
    sound = io.BytesIO()
    soundfile.write(sound, noise, 24_000, format="WAV", subtype="PCM_16")
    path = keep_recording(locales, "fa", ASK, TEXT, sound.getvalue())
    assert path.stat().st_size <= LARGEST_KEPT
    assert soundfile.info(path).duration == pytest.approx(120, abs=0.1)


@pytest.mark.parametrize(
    ("context", "text"), [("sent", "Code {code}"), ("city", "Bangkok"), ("criterion", "x"), ("a", " ")]
)
def test_what_is_not_said_as_it_stands_is_not_recorded(locales: Path, context: str, text: str) -> None:
    assert not can_be_heard(context, text)
    with pytest.raises(AudioError, match=context):
        keep_recording(locales, "fa", context, text, tone())
    assert not (locales / "fa" / "audio").exists()


def test_a_language_without_a_folder_is_named(locales: Path) -> None:
    with pytest.raises(AudioError, match="locales/xx"):
        keep_recording(locales, "xx", ASK, TEXT, tone())


# ---- what a person may hear ----


def test_a_response_is_heard_in_the_language_it_is_said_in(catalogue: Catalogue) -> None:
    persian = keep(catalogue, "fa", ASK, TEXT)
    assert of_response(catalogue, "fa", ASK, synthetic=False) == Recording(persian, synthetic=False)
    assert of_response(catalogue, "en", ASK, synthetic=False) is None
    english = keep(catalogue, "en", "plain", "All right.")
    # Persian has no words for this one, so English is what is said.
    assert of_response(catalogue, "fa", "plain", synthetic=False) == Recording(english, synthetic=False)


def test_an_overlay_is_heard_in_its_base_language(catalogue: Catalogue) -> None:
    path = keep(catalogue, "fa", ASK, TEXT)
    found = of_response(catalogue, "fa_AF", ASK, synthetic=False)
    assert found is not None
    assert found.path == path


def test_a_text_with_placeholders_is_never_heard(catalogue: Catalogue) -> None:
    folder = catalogue.locales / "en" / "audio"
    folder.mkdir()
    text = catalogue.response("sent").text
    (folder / f"{text_hash('en', 'sent', text)}.ogg").write_bytes(b"OggS")
    assert of_response(catalogue, "en", "sent", synthetic=True) is None


def test_a_synthetic_one_is_heard_only_where_that_is_allowed(catalogue: Catalogue) -> None:
    folder = catalogue.locales / "fa" / "audio"
    folder.mkdir()
    path = folder / f"{text_hash('fa', ASK, TEXT)}.synthetic.ogg"
    path.write_bytes(b"OggS")
    made = Recording(path, synthetic=True)
    assert audio_state(catalogue.locales, "fa", ASK, TEXT) == "synthetic"
    assert of_response(catalogue, "fa", ASK, synthetic=True) == made
    assert of_response(catalogue, "fa", ASK, synthetic=False) is None
    assert by_name(catalogue.locales, made.name, synthetic=True) == made
    assert by_name(catalogue.locales, made.name, synthetic=False) is None
    real = keep(catalogue, "fa", ASK, TEXT)
    assert not path.exists()
    assert of_response(catalogue, "fa", ASK, synthetic=True) == Recording(real, synthetic=False)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "fa",
        "fa/index.csv",
        "../fa/0123456789abcdef.ogg",
        "fa/../fa/0123456789abcdef.ogg",
        "fa/0123456789abcdef",
    ],
)
def test_a_name_leads_to_recordings_alone(locales: Path, name: str) -> None:
    (locales / "fa" / "audio").mkdir()
    (locales / "fa" / "audio" / "index.csv").write_text("hash,context\n")
    assert by_name(locales, name, synthetic=True) is None


# ---- what a computer reads ----


@pytest.mark.parametrize("language", ["en", "bn", "ur", "fa", "fa_AF", "ta", "vi", "my", "ar", "si", "ne"])
def test_espeak_has_a_voice_for_every_language_of_ours(language: str) -> None:
    assert voice_of(language) == language.partition("_")[0]


def test_a_placeholder_voice_is_marked_in_its_name_and_in_no_index(locales: Path) -> None:
    path = make_placeholder(locales, "fa", ASK, TEXT)
    assert path.name == f"{text_hash('fa', ASK, TEXT)}.synthetic.ogg"
    assert soundfile.info(path).subtype == "OPUS"
    assert soundfile.info(path).duration > 0.5
    assert read_index(locales, "fa") == {}
    assert audio_state(locales, "fa", ASK, TEXT) == "synthetic"


def test_placeholders_are_spoken_as_nothing(locales: Path) -> None:
    short = make_placeholder(locales, "fa", "sent", "{a}{b}{c} سلام {d}{e}")
    shorter = make_placeholder(locales, "fa", "plain", "سلام")
    assert soundfile.info(short).duration == pytest.approx(soundfile.info(shorter).duration, abs=0.5)
    with pytest.raises(AudioError, match="no words"):
        make_placeholder(locales, "fa", "menu", "{office}")


def test_words_that_look_like_options_are_words(locales: Path) -> None:
    assert soundfile.info(make_placeholder(locales, "fa", ASK, "--version -f /etc/passwd")).duration > 1


def test_without_a_voice_or_the_program_the_reason_is_told(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (locales / "zz").mkdir()
    with pytest.raises(AudioError, match="no voice for zz"):
        make_placeholder(locales, "zz", ASK, TEXT)
    monkeypatch.setattr(recorder, "ESPEAK", "no-such-program-here")
    with pytest.raises(AudioError, match="no-such-program-here is not here"):
        make_placeholder(locales, "fa", ASK, TEXT)


def test_the_program_is_what_ci_installs_and_synthetic_files_stay_out_of_git() -> None:
    assert shutil.which(ESPEAK)
    assert ESPEAK in (ROOT / ".ci" / "packages.txt").read_text().split()
    assert "locales/*/audio/*.synthetic.ogg" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_recording_of_the_repository_is_opus_in_one_channel() -> None:
    for language in load_languages(ROOT / "locales" / "languages.yml"):
        index = read_index(ROOT / "locales", language)
        kept = {path.stem: path for path in (ROOT / "locales" / language / "audio").glob("*.ogg")}
        recorded = {name: path for name, path in kept.items() if not name.endswith(".synthetic")}
        assert set(index) == set(recorded)
        for path in recorded.values():
            about = soundfile.info(path)
            assert (about.subtype, about.channels) == ("OPUS", 1)
            assert path.stat().st_size <= LARGEST_KEPT
