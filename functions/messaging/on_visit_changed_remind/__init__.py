"""A consultation moved while its patient was away: they are reminded, once for whatever moved, without a word of what.

Ledger: CONS-08 in part (both sides are told, also who is absent).
"""
