"""Forgejo behind the ports."""
