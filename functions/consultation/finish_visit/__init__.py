"""A doctor ends the consultation with a conclusion and advice that the patient keeps; the conversation closes with it.

Ledger: CONS-06 (until it is closed), IM-17 (closing makes the session read-only).
"""
