"""Step 8 of the message's way, prepared: the outline of the region, on which an office's place is shown."""
