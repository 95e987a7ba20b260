"""An administrator sees who did what in the house, when and from where; searchable by person, record, act and time.

The log is read here and written nowhere: it is made of audit lines. Ledger: DIR-15. Rules: MLPS-3.
"""
