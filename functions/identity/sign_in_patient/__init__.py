"""A patient signs in by phone: a code arrives by SMS, and whoever types it in holds the phone.

A number nobody knows becomes a new account with the same code, so nothing tells beforehand whether a number is known.
Whoever signs up on purpose goes through what the terminal asks (`configure_sign_up`), and learns with the code, not
before, that the phone has an account. Ledger: ID-01, ID-02 (sign-up and sign-in).
"""
