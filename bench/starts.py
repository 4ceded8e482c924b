"""How long until somebody is answered: a start with everything there, the training, and a start from nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import yaml
from part import Part
from stock import running_stock
from stock_project import trained
from talks import Side, talk_at_once
from whole import commanded, running_ours

from bot.processes.model import gather_messages, rasa_environment
from bot.processes.roster import RASA_PYTHON
from bot.settings import ROOT

WARM_SECONDS, TRAINING_SECONDS = 15.0, 180.0  # the goals
MOST_TRAINING, MOST_COLD = 900.0, 1200.0  # seconds; then it is given up


def warm_start(rounds: int) -> Part:
    """Ours and stock by turns: from the start of the processes to the first answer."""
    trained("stock")
    rows: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as home:
        ours, stock = Path(home) / "ours", Path(home) / "stock"
        stock.mkdir()
        with running_ours(ours):
            pass  # what a first start makes is there from now on: secrets, database, the offices' keys
        for number in range(rounds):
            rows.append(("ours", first_answer(lambda: running_ours(ours), number)))
            rows.append(("stock Rasa", first_answer(lambda: running_stock(stock), number)))
    middle = {name: statistics.median(took for who, took in rows if who == name) for name, _ in rows}
    return Part(
        name="warm_start",
        title="A warm start",
        goal=f"the first answer within {WARM_SECONDS:.0f} s",
        method=(
            f"All processes from nothing until the first word is answered; {rounds} of each, by turns, medians. "
            "Ours: four processes, model, secrets and database being there. Stock: Rasa and its action server."
        ),
        columns=("who", "seconds"),
        rows=rows,
        table=[["who", "seconds"], *([name, f"{took:.1f}"] for name, took in middle.items())],
        reached=[("warm start", middle["ours"] / WARM_SECONDS)],
    )


def first_answer(start: Callable[[], AbstractContextManager[Side]], number: int) -> float:
    """Seconds from the start until somebody who writes hello is answered."""
    began = time.perf_counter()
    with start() as side:
        asyncio.run(talk_at_once(side, [10_000 + number], ("hello",)))
        return time.perf_counter() - began


def training() -> Part:
    """The model of all languages, once without anything kept from earlier trainings, once with the embeddings."""
    with tempfile.TemporaryDirectory() as home:
        rows = [(name, train_aside(Path(home))) for name in ("nothing is kept", "embeddings are kept")]
    return Part(
        name="training",
        title="Training",
        goal=f"within {TRAINING_SECONDS / 60:.0f} minutes",
        method=(
            "The command of `bot train` into a folder of its own, with `--force`: first without the embeddings of "
            "an earlier training, then with them. All languages and rules; the model in use is left alone."
        ),
        columns=("what", "seconds"),
        rows=rows,
        table=[["what", "seconds"], *([name, f"{took:.0f}"] for name, took in rows)],
        reached=[("training, first", rows[0][1] / TRAINING_SECONDS)],
    )


def train_aside(home: Path) -> float:
    """One training in `home`, whose embeddings stay there for the next; its seconds."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for step in config["pipeline"]:
        if step["name"].endswith(".Embedding"):
            step["cache"] = str(home / "embeddings")
    out = home / "model"
    shutil.rmtree(out, ignore_errors=True)
    gather_messages(ROOT, out / "messages.yml")
    (out / "config.yml").write_text(json.dumps(config))
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "--force", "--config", str(out / "config.yml")]
    command += ["--domain", "domain.yml", "--skip-validation", "--data", str(out / "messages.yml"), "stories"]
    began = time.perf_counter()
    with (home / "log").open("ab") as log:
        subprocess.run(
            [*command, "--out", str(out)],
            cwd=ROOT,
            env=rasa_environment(os.environ),
            stdout=log,
            stderr=log,
            check=True,
            timeout=MOST_TRAINING,
        )
    return time.perf_counter() - began


def cold_start() -> Part:
    """`make run` in a copy of the project that has nothing but its files."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "project", Path(folder) / "home"
        copy_project(root)
        began = time.perf_counter()
        with commanded(["make", "run"], root, home, MOST_COLD) as side:
            asyncio.run(talk_at_once(side, [0], ("hello",)))
            took = time.perf_counter() - began
            told = (home / "told.txt").read_text(encoding="utf-8").splitlines()
    steps = [" ".join(line.split()) for line in told if line.rstrip().endswith(" s")]
    return Part(
        name="cold_start",
        title="A cold start: `make run` to the first answer",
        goal="minutes, with progress",
        method=(
            "A copy of the project's files without environments, model or anything else made; packages come from "
            f"the index and the cache of this machine. Its steps: {'; '.join(steps)}."
        ),
        columns=("seconds",),
        rows=[(took,)],
        table=[["from nothing to the first answer, s"], [f"{took:.0f}"]],
    )


def copy_project(root: Path) -> None:
    """Every file that git knows or would add."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in listed:
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
