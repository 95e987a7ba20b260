"""Hospital information systems of other makers, on this machine: one hospital's records behind each protocol.

Each takes `Records` and `Troubles` of the embedded HIS, so that the same tests fill and break them.
"""
