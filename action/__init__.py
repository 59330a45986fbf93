"""What action.yml runs before afk itself can run: standard library only."""
