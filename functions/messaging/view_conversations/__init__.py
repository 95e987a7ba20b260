"""Members read: their conversations with unread counts, a conversation's history, what they missed; mark it read, open
its cards, and search in what was said.

Ledger: IM-06 in part (a record's card; reports come with the examinations), IM-08, IM-12 (exactly the missed messages),
IM-16 in part (session list).
"""
