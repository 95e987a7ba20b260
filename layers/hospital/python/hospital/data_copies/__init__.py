"""A copy of what the hospital keeps of a person, for themselves (PIPL art. 45): gathered in steps, kept a few days."""
