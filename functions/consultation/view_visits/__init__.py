"""Patients and doctors look at their visits: what is open, what was said at the end.

Ledger: CONS-06; CONS-14 in part (a summary readable by both sides).
"""
