"""A patient signs in by phone: a code arrives by SMS, and whoever types it in holds the phone.

A number nobody knows becomes a new account with the same code, so nothing tells beforehand whether a number is known.
Ledger: ID-02 (sign-up and sign-in). The sign-up flow per terminal comes with the issue on people.
"""
