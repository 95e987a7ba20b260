"""Who is in a call is let into its room at a relay: at first, after a reload, and when that relay is lost.

Ledger: CALL-28 in part (the nearest relay that is well, and the next when it fails).
"""
