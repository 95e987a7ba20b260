"""Anybody looks for a doctor: by name, department, organisation.

Ledger: DIR-05 in part (search by name and department); the rest comes with the issue on people.
"""
