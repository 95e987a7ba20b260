"""Another system of the hospital sends a text and reads what became of it by a web service (SOAP 1.1).

Ledger: NOTE-05 (web service), NOTE-06.
"""
