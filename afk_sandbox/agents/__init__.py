"""Agents without a model, that do what an issue's text says."""
