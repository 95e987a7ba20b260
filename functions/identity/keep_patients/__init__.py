"""An organisation finds its patients by phone, ID number or name, reads files masked, keeps what it wrote there, and
lets one of two files of a person stand for both.

Each change has its line in the operations log. Another organisation's files are not there. Ledger: ID-18, ID-11.
"""
