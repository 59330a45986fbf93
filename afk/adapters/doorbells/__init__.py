"""What rings people: one file a kind of doorbell, and what they share."""
