"""Another system of the hospital sends a text and reads what became of it, each request signed with its own key.

Ledger: NOTE-05 (HTTP), NOTE-06.
"""
