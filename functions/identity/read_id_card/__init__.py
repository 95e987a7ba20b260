"""A person photographs their identity card, and the form fills itself.

One side a picture. It comes in the request, is looked at and gone with it; what was read and cut out is kept sealed
for half an hour. Ledger: ID-11 to ID-17; rule FACE-CHOICE.
"""
