"""What happened is put into the lists that are searched by many fields: operations and sign-ins so far.

Ledger: DIR-15, DIR-16. A new listing is declared by its subject and named here and in the rule.
"""
