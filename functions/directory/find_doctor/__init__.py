"""Anybody looks for a doctor: by name, speciality, department, organisation.

Ledger: DIR-05 in part (search by name and department); the rest comes with the issue on people.
"""
