"""Nouns of the outside world in afk's words: forge, CI, agent server."""
