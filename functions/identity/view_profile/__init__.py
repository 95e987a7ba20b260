"""A person sees who they are to the hospital, and says how its pages shall look and speak.

Ledger: ID-02 (reads their own profile), PLAT-29 and PLAT-30 (the choice is kept for the account).
"""
