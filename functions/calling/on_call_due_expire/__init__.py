"""A ring went unanswered, no media came, or everybody is gone: what is over by itself is written down.

Ledger: CALL-02 in part (no answer ends the call with its own outcome).
"""
