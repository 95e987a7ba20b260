"""Another system of the hospital asks for somebody's face to be checked, and for what came of it; the person follows
its link on a phone, where the check is the one that everybody passes.

With a key of the system's own, so many a day. It is told the verdict, never a picture. Ledger: ID-09.
"""
