"""A call ended: the conversation says so, with outcome and length, as a message of the hospital's own.

Ledger: CALL-05 in part (its result stands with the visit).
"""
