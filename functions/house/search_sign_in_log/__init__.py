"""An administrator sees who signed in or tried to, when, on which device and from where; searchable by person and date.

Ledger: DIR-16. Rules: MLPS-3.
"""
