"""T3 Code's own words: shapes, meaning, errors. They end here."""
