"""Before any message: what training does many times over, done on every core of the machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import TypeVar

_In, _Out = TypeVar("_In"), TypeVar("_Out")


def on_all_cores(work: Callable[[_In], _Out], parts: Sequence[_In]) -> Iterator[_Out]:
    """`map(work, parts)` by a process on each core; `work` is a function of a module, `parts` can be pickled."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(
        min(cores, len(parts)), mp_context=get_context("spawn"), initializer=_end_with_parent
    ) as pool:
        yield from pool.map(work, parts)


def _end_with_parent() -> None:
    """A training that is killed leaves no process behind."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
