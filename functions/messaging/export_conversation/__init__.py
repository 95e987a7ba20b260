"""The doctor of a conversation, or an auditor, takes its whole record away as one file that prints: asked for, followed
until it is written, opened by an address of five minutes. Ledger: IM-14, IM-15.
"""
