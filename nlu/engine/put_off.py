"""Step 3, before Rasa is there: a module of it that reading does not need is loaded when something first uses it.

Rasa imports its neural networks, and TensorFlow with them, wherever a name of theirs might be wanted; our pipeline
has none of them. The standard library's `LazyLoader` is no help: on Python 3.10 a second `import` runs the module.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

NOT_NEEDED = ("rasa.utils.train_utils", "rasa.core.test")


class PutOff(ModuleType):
    """A module whose code has not run; the first use of a name of its own runs it, and makes it a plain module."""

    def __getattr__(self, name: str) -> Any:
        """The name `name` of the module, loaded for it; a name that only Python asks for is not there."""
        if name.startswith("__") or self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        self.__class__ = ModuleType  # type: ignore[assignment]  # what it was meant to be
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def put_off(name: str) -> None:
    """Put the loading of the module `name` off; one that is loaded stays so. Its packages are loaded now.

    `ModuleNotFoundError` when there is none: Rasa is then another one, and this must be looked at again.
    """
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    module.__class__ = PutOff
    sys.modules[name] = module
    package, _, last = name.rpartition(".")
    setattr(sys.modules[package], last, module)


def put_off_all() -> None:
    """Put off all that no step of `config.yml` uses; to be called before anything of Rasa is imported."""
    for name in NOT_NEEDED:
        put_off(name)
