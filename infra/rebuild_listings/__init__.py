"""Makes the listings again from the tables where the things themselves are: `python -m infra.rebuild_listings`.

Rows that are there stay as they are, missing ones are written, and each row is counted in its day's total when it is
written: so it may run beside the hospital, and twice. After the table was lost, restore or empty it first.
"""
