"""The hospital fetches each minute what carriers keep for it of texts that have arrived, or have not.

Ledger: NOTE-09, NOTE-10.
"""
