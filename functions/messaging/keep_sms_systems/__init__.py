"""An administrator lets another system of the hospital send through this door: with a key of its own, so many a day.

Ledger: NOTE-06.
"""
