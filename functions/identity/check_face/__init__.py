"""A person shows that they are who their card says: their face, doing what was drawn for this one time.

With consent to just that, and never as the only way: the counter is the other (FACE-CHOICE). Frames are judged and
gone; what was cut out of the card goes with the verdict. Ledger: ID-06, ID-07, ID-11.
"""
