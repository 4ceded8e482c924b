"""The sub-commands of `bot`, one module each."""
