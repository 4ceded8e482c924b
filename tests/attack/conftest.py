"""The console's world stands beside its own tests: these use it too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "console"))
