"""Staff see what left the house, how fast and how well, and have what failed sent again.

Ledger: NOTE-02, NOTE-09, NOTE-10.
"""
