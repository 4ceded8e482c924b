"""Beside the message's way: how the gateway is, for whoever runs it: ready or not, and in numbers."""
