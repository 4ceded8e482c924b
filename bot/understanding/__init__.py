"""Beside the message's way: how well messages are understood, for those who write what the model learns from."""
