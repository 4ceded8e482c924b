"""What Rasa may call: thin, without a database, without words."""
