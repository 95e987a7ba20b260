"""What each terminal asks of a new patient is a setting: of an organisation for its own, of the platform for others.

Anybody reads it, since the page that signs up does. Setting one terminal changes no other. Ledger: ID-01.
"""
