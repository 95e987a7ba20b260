"""The hospital's middleware puts texts into a queue, each signed with the key of the system it comes from, and takes
what became of them out of another queue.

Ledger: NOTE-05 (middleware), NOTE-06.
"""
