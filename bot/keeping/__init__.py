"""Backups, restoring them, and the change of keys: beside the message's way, for operators."""
