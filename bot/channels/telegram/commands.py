"""Step 1 on Telegram: the commands of the bot's menu, and what each means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Meaning = Literal["help_menu", "change_language", "talk_to_person", "stop", "erase_data", "quick_exit"]

# In the order of the menu. What each is called there is the response under the same meaning in LABELS.
COMMANDS: Mapping[str, Meaning] = {
    "menu": "help_menu",
    "language": "change_language",
    "person": "talk_to_person",
    "stop": "stop",
    "delete": "erase_data",
    "quit": "quick_exit",
}
LABELS: Mapping[str, str] = {
    "menu": "label_help_menu",
    "language": "label_change_language",
    "person": "label_talk_to_person",
    "stop": "label_stop",
    "delete": "label_erase_data",
    "quit": "page_leave",
}
