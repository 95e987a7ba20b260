"""A carrier says what became of texts. Its address holds a signature that it was given; without it nobody is heard.

Ledger: NOTE-09, NOTE-10.
"""
