"""Decisions: pure functions from what a tick saw to what it does about it."""
