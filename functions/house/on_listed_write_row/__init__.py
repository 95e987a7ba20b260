"""What happened is put into the lists that are searched by many fields: operations, sign-ins, and what left the house.

Ledger: DIR-15, DIR-16, NOTE-02. A new listing is declared by its subject and named here and in the rule.
"""
