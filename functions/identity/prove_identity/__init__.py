"""A patient shows who they are, by name and ID number, or asks for the code to be checked at a counter.

Face recognition is never the only way (rule FACE-CHOICE): whoever shows card and code at a counter is verified all the
same. Ledger: ID-03, ID-05 (match, mismatch, wrong check digit), ID-11 (sealed, shown masked).
"""
