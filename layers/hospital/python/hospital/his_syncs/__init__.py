"""Taking over organisations, departments and staff from the hospital's own system: runs, and what became of each
record."""
