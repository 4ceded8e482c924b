"""Where a message comes in and goes out: one file a channel, behind one contract."""
