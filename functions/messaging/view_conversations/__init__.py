"""Members read: their conversations with unread counts, a conversation's history, what they missed; and mark it read.

Ledger: IM-08 in part (read marks), IM-12 (exactly the missed messages), IM-16 in part (session list).
"""
