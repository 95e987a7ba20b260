"""An operator has the hospital's own running inspected, follows it, reads the reports and takes them away as files.

Ledger: PLAT-20, PLAT-21, PLAT-22, PLAT-23.
"""
