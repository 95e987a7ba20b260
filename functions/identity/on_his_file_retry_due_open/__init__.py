"""The HIS did not answer when a file was to be opened: it is asked again, under the same key, until it does.

Ledger: ID-20 (a failure is retried without duplicates).
"""
