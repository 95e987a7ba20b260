"""Each night every organisation that was ever taken over from the hospital's own system is taken over again: what
changed since the last run, and once a week everything. Ledger: DIR-04."""
