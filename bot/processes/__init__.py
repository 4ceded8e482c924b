"""Beside the message's way: starts the four processes on one machine and keeps them up."""
