"""A conversation closed, with its visit: whoever still talks in a call of it has to come to an end.

Ledger: CALL-05 in part (no call outlives its visit).
"""
