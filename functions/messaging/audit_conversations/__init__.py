"""An auditor reads what was said in any conversation of their organisation: who wrote it, who got it, when; recalled
messages as they were written. Each reading leaves a line in the organisation's log. Nothing here, nor anywhere else,
deletes a message.

Ledger: IM-14.
"""
