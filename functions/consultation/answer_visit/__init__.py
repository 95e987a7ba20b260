"""A doctor looks at who waits, and accepts or refuses each.

Ledger: CONS-06, CONS-08 (an answer before the limit keeps it open). Rule VISIT-REAL-DOCTOR is checked from the issue
on people on.
"""
