"""Staff open conversations among themselves, also with another organisation, and keep groups: who is in it, what it is
called, what stands above it. Everybody mutes what they do not want to be called for.

Ledger: IM-13 (doctor to doctor, delivered and kept like any other).
"""
