"""A member of staff changes their own password: whoever sits at an open screen does not know the one of now.

Whoever came in by a password that an admin made may do nothing else before. What is signed in elsewhere ends with it.
Rule: MLPS-3.
"""
