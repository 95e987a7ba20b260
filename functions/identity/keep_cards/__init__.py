"""A patient opens their file in the hospital's own system, and keeps the cards it holds: sees them, puts them in an
order, chooses the one that is shown first.

Ledger: ID-20 (the file), ID-23 (cards only for a verified identity; unavailable is said), ID-24 in part (order and
default; booking will preselect it), ID-25 (which numbers the hospital's readers take as a code).
"""
