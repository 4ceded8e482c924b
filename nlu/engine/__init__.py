"""Step 3, inside Rasa: what of ours runs in Rasa's process, on Python 3.10."""
