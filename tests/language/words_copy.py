"""All that is translated, in a folder of its own to spoil, and `bot i18n` as it is typed there."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from bot.commands import i18n
from bot.settings import ROOT


def copied_words(folder: Path) -> Path:
    """`folder`, with a copy of `domain.yml`, `criteria/` and `locales/` in it."""
    shutil.copy(ROOT / "domain.yml", folder)
    for name in ("criteria", "locales"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def run(root: Path, *words: str) -> int:
    """The exit code of `bot i18n` with `words`, on the project folder `root`."""
    parser = argparse.ArgumentParser()
    i18n.add_parser(parser.add_subparsers())
    return i18n.run(parser.parse_args(["i18n", "--root", str(root), *words]))
