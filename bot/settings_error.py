"""Beside the message's way: what every part of the settings says when it is wrong."""


class SettingsError(Exception):
    """A setting is missing or malformed; the message names the variable and what to do."""
