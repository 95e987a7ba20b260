"""A member of staff looks at a face in doubt: the portrait of the card beside one frame, and judges whether it is one
person.

By a duty alone, which no role brings; each look has its line in the operations log before the pictures are given, and
they go with the verdict, with the consent, or after a week (rule FACE-CHOICE). Ledger: ID-11.
"""
