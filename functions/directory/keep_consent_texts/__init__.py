"""An organisation words what its patients agree to; the platform's operator words what holds where it does not.

Its patients see the new version, those of others keep theirs; who signed before keeps the version signed.
Ledger: ENG-09.
"""
