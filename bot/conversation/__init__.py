"""A message's way through the gateway: stored, understood, answered, said."""
