"""Organisations: anybody reads them, the platform founds them, each one's admin keeps it and those below it.

One that still holds departments, staff or organisations is not removed; one that was stays the name on old records.
Which businesses it opens, and at which terminals, is a setting. Ledger: DIR-01, DIR-10.
"""
