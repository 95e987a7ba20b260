"""A patient reads on whose blacklist they are, and why, and says once what there is to say to it.

Ledger: ID-19.
"""
