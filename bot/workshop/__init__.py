"""Beside the message's way: the translators' workshop, where every string is seen in its place."""
