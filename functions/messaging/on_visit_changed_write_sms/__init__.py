"""A consultation moved: its patient gets the text that the organisation wrote for it, if it wrote one and it is on.

Ledger: NOTE-01.
"""
