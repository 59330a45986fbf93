"""Words for people, and the cleaning of other people's words."""
