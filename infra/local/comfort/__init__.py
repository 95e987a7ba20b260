"""What makes a day with the local hospital short: what functions were asked and said, played again, and new code at
once."""
