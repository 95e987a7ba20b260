"""A person stays signed in, sees where, and ends it: refresh, sign out, list and revoke sessions, read the sign-in log.

A refresh token that was replaced and is shown again ends the session: either the thief or the owner holds a copy.
Ledger: DIR-16 in part (one's own sign-in log).
"""
