"""A person says how they want to be reminded: by app push, by text message, when not, and on which browsers.

Ledger: IM-20 in part (notifications).
"""
