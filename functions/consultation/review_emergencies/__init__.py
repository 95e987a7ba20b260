"""A privacy officer sees each record that was opened in an emergency, what was looked at, and judges it within three
days; patients see who opened theirs.

The officer reads the reason that was given, and nothing of the record. Rules: BREAK-GLASS. Ledger: DIR-14 in part.
"""
