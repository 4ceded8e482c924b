"""Beside the message's way: which training messages came in the last days, as git knows it."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from bot.understanding.messages import Message, MessagesError, learned_from

DAYS = 14
Known = Counter[tuple[str, str, str]]  # language, intent, text


@dataclass(frozen=True)
class Added:
    """Messages of one language and intent that were not learned from before."""

    language: str
    intent: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Lately:
    """What came in the last `DAYS` days. `young`: the history is shorter, so all messages count as new."""

    young: bool
    added: tuple[Added, ...]


def added_lately(root: Path, messages: Iterable[Message], now: datetime) -> Lately | None:
    """The training `messages` that `root`/nlu did not hold `DAYS` days before `now`; None without git.

    None also where the history cannot be read. Compared is what stands in the files, also what is not committed
    yet: a message only moved is not new.
    """
    if shutil.which("git") is None or _git(root, "rev-parse", "--git-dir") is None:
        return None
    since = (now - timedelta(days=DAYS)).isoformat(timespec="seconds")
    before = (_git(root, "rev-list", "-1", f"--before={since}", "HEAD") or b"").decode().strip()
    mine = list(messages)
    try:
        then = _messages_at(root, before, {one.language for one in mine}) if before else Counter()
    except MessagesError:
        return None  # a file that was wrong then is no reason to show nothing now
    return Lately(not before, tuple(_new(mine, then)))


def _new(messages: Iterable[Message], then: Known) -> Iterator[Added]:
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for language, intent, text in Counter((one.language, one.intent, one.text) for one in messages) - then:
        kinds[language, intent].append(text)
    for (language, intent), texts in sorted(kinds.items()):
        yield Added(language, intent, tuple(sorted(texts)))


def _messages_at(root: Path, commit: str, languages: Collection[str]) -> Known:
    """The messages of `languages` as they stood at a commit; none where it had no nlu/ yet."""
    archive = _git(root, "archive", "--format=tar", commit, "nlu")
    found: Known = Counter()
    if archive is None:
        return found
    with tempfile.TemporaryDirectory() as name, tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(name, filter="data")
        for code in languages:
            found.update((code, intent, text) for intent, text in learned_from(Path(name, "nlu", code)))
    return found


def _git(root: Path, *words: str) -> bytes | None:
    """What git prints; None where it fails: no repository, or nothing of that name in it."""
    command = ["git", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # our own words, no shell
    return None if done.returncode else done.stdout
