"""A visit changed: the open pages of its patient and its doctor are told to look again.

A notice is a hint, not a record: who misses it sees the visit as it is at the next look. Ledger: IM-20 (queue status
over the same connection), CONS-08 (both sides are told).
"""
