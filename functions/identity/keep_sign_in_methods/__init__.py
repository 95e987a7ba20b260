"""A patient sees by what they sign in, adds WeChat and removes it, and changes their phone number.

Each change asks for a fresh code to the phone that the account has. A session that was opened a while ago is no proof:
it lives for 30 days on a device that others may hold; and whoever takes WeChat away must be able to come in by what is
left. The phone itself is changed, never removed. Ledger: ID-02 (signing in).
"""
