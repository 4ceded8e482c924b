"""One plain answer to every question of the self-assessment; together they come to LIKELY by route R1."""

from __future__ import annotations

PLAIN = {
    "safe_to_talk": "yes",
    "age": "adult",
    "free_choice": "yes",
    "country_now": "TH",
    "origin": "BD",
    "destination": "own_country",
    "fear_of_return": "no",
    "exploitation": "none",
    "protection_status": "none",
    "intercepted": "no",
    "stay_permit": "no",
    "held": "no",
    "helped_before": "no",
    "other_programme": "no",
    "private_talk": "no",
}
