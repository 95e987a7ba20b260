"""A doctor accepted: the conversation opens and the visit is in progress, in one act.

Ledger: IM-17 (opening a consultation creates its chat session).
"""
