"""What would leave the house, kept where one can look at it. Exists only in the local hospital."""
