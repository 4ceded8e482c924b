"""Beside the message's way: the trained model that step 3 reads messages with, and whether it is still current."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from bot.language.languages import load_languages
from bot.processes.child import rotate, start, stop
from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.processes.start_error import StartError
from bot.settings import ROOT

NAME = "avrr"
SAY_EVERY_SECONDS = 15.0

# All that a model is made of. A change in any of these files makes the model stale.
LEARNT_FROM = (
    "config.yml",
    "domain.yml",
    "nlu/**/*.yml",
    "nlu/engine/**/*.py",
    "stories/**/*.yml",
    "locales/languages.yml",
    "requirements/rasa.txt",
)
# Of these, what only a trained model runs. A new module of nlu/engine counts as learning until it is named here.
ONLY_SERVES = ("calls", "loaded", "parse", "put_off", "reading", "say", "serve", "state", "turn", "words")


def model_path(root: Path = ROOT) -> Path:
    """The one model; a new one takes its place."""
    return root / "models" / f"{NAME}.tar.gz"


def fingerprint(root: Path = ROOT) -> str:
    """SHA-256 (hex) over the names and bytes of all files that the model is made of."""
    whole = hashlib.sha256()
    serves = {root / "nlu" / "engine" / f"{module}.py" for module in ONLY_SERVES}
    for path in sorted({path for pattern in LEARNT_FROM for path in root.glob(pattern)} - serves):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def is_current(root: Path = ROOT) -> bool:
    """Whether there is a model with its hash and it was made of the files as they are now."""
    note = _note(root)
    there = model_path(root).exists() and _kept_hash(root).exists() and note.exists()
    return there and note.read_text() == fingerprint(root)


def check_model(root: Path = ROOT) -> None:
    """`StartError` unless the model is, byte for byte, the file that was trained here (SHA-256).

    A model names the classes with which Rasa loads it: one that came from elsewhere is never opened.
    """
    path, kept = model_path(root), _kept_hash(root)
    if not path.exists():
        raise StartError("There is no model yet: run `bot train`, which makes it.")
    if not kept.exists():
        raise StartError(f"{kept} is missing, so {path} cannot be trusted: run `bot train --force`.")
    if kept.read_text() != _hash_line(path):
        raise StartError(
            f"{path} is not the file that was trained here, so it is not loaded: "
            "find out what changed it, then make it anew with `bot train --force`."
        )


def train(environ: Mapping[str, str], log: Path, say: Callable[[str], None], root: Path = ROOT) -> None:
    """Trains in Rasa's environment and puts the new model in the old one's place, only when it is whole.

    A bot that is running keeps the model that it loaded. Two trainings would write over each other: the second
    waits, and if the first made the model current it has nothing to do. `StartError` says where the reason of a
    failure is.
    """
    with _alone(root, say) as waited:
        if not (waited and is_current(root)):
            _train(environ, log, say, root)


@contextmanager
def _alone(root: Path, say: Callable[[str], None]) -> Iterator[bool]:
    """While no other training runs here; whether one had to be waited for. One that is killed lets go."""
    (root / "models").mkdir(exist_ok=True)
    with (root / "models" / "training.lock").open("w") as lock:
        waited = False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("          another training is under way: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
            waited = True
        yield waited


def _train(environ: Mapping[str, str], log: Path, say: Callable[[str], None], root: Path) -> None:
    made_of = fingerprint(root)
    aside = root / "models" / "in-the-making"
    shutil.rmtree(aside, ignore_errors=True)
    rotate(log)
    gather_messages(root, aside / "messages.yml")
    code = _wait(start(_command(aside), rasa_environment(environ), log), say)
    made = aside / f"{NAME}.tar.gz"
    if code or not made.exists():
        raise StartError(f"Training failed: the reason is at the end of {log}.")
    line = _hash_line(made)
    for beside in (_note(root), _kept_hash(root)):
        beside.unlink(missing_ok=True)
    made.replace(model_path(root))
    shutil.rmtree(aside, ignore_errors=True)
    _kept_hash(root).write_text(line)
    _note(root).write_text(made_of)


def rasa_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What Rasa's tools run with: the machine's environment, and of ours nothing."""
    plain = {key: value for key, value in environ.items() if not key.startswith("BOT_")}
    return {**plain, **RASA_QUIET, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def message_folders(root: Path = ROOT) -> list[str]:
    """The folders of messages to learn from: those of every language that is not off."""
    languages = load_languages(root / "locales" / "languages.yml").values()
    folders = (f"nlu/{language.code}" for language in languages if language.state != "off")
    return [folder for folder in folders if (root / folder).is_dir()]


def gather_messages(root: Path, out: Path) -> None:
    """All messages to learn from as one file: Rasa copies all that it has read for each file more."""
    files = [file for folder in message_folders(root) for file in sorted((root / folder).glob("*.yml"))]
    blocks = [block for file in files for block in yaml.load(file.read_bytes(), yaml.CSafeLoader)["nlu"]]
    out.parent.mkdir(parents=True)
    # JSON is YAML; but Rasa knows a file of messages by a line that begins with this word.
    out.write_text(f'version: "3.1"\nnlu: {json.dumps(blocks, ensure_ascii=False)}\n', encoding="utf-8")


def _command(out: Path) -> tuple[str, ...]:
    # Whether all fits together is for the tests to say, not for each training.
    return (
        *(str(RASA_PYTHON), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml"),
        *("--skip-validation", "--data", str(out / "messages.yml"), "stories"),
        *("--out", str(out), "--fixed-model-name", NAME),
    )


def _wait(process: subprocess.Popen[bytes], say: Callable[[str], None]) -> int:
    began, said = time.monotonic(), 0.0
    try:
        while process.poll() is None:
            time.sleep(0.2)
            seconds = time.monotonic() - began
            if seconds - said >= SAY_EVERY_SECONDS:
                said = seconds
                say(f"          … {seconds:.0f} s")
    finally:
        stop([process])
    return int(process.returncode)


def _note(root: Path) -> Path:
    return root / "models" / f"{NAME}.fingerprint"


def _kept_hash(root: Path) -> Path:
    return root / "models" / f"{NAME}.sha256"


def _hash_line(path: Path) -> str:
    # As sha256sum writes it, so that `sha256sum -c` can look too.
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n"
