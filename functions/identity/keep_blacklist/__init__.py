"""An organisation keeps its blacklist: who is on it and why, what they say to it, and who is taken off.

The appeal is judged by somebody else than who wrote the reason. Ledger: ID-19.
"""
