"""An inspection was asked for: look at everything, compare with the report before, keep what was found.

Ledger: PLAT-20 (resources, parties), PLAT-21 (health in numbers), PLAT-22 (settings, logs), PLAT-23 (the report).
"""
