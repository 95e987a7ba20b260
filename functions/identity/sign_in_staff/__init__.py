"""A member of staff signs in with account and password.

Whether the account exists is never said. The second factor comes with the issue on people. Ledger: DIR-16 (sign-ins
are logged, failed ones too).
"""
