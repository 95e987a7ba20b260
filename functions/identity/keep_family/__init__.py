"""A person keeps the list of those for whom they act: children, parents, others; and sees on whose lists they stand.

A child by a guardian's paper that staff have seen, until 18; an adult by their own verified account, or a code to the
phone that the hospital's own system holds for them, and their consent, which either side ends at any time. Until then
one may book for them and see that booking, nothing else. Whose member it is, nobody else is told. Ledger: ID-21.
"""
