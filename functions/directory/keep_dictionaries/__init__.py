"""Staff look drugs, drug companies and diagnoses up, and admins keep them: create, change, retire, delete, take away.

One mechanism for every dictionary in `hospital.dictionaries.declared`; files come in by `import_dictionary`. An entry
that a record points at is retired, not deleted. Ledger: DIR-07, DIR-08.
"""
