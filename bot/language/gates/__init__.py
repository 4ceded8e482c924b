"""Beside step 9: the single checks of a translation; `bot.language.checks` runs them all."""
