"""A person, or a child's guardian, sees what they agreed to, agrees, refuses, and withdraws; withdrawal counts at once.

Rule PIPL-CONSENT: a consent for each purpose, a guardian's under 14. Ledger: ENG-09 (the version signed is kept).
"""
