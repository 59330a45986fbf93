"""The model as Forgejo shows it."""
