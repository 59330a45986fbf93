"""The only writers: each module carries out one kind of action that was decided."""
