"""A signed-in page asks for a ticket that opens one socket within 30 seconds.

Browsers cannot send a header when they open a WebSocket, and a token in the address would be logged; a ticket that is
good once is worth nothing in a log. Ledger: IM-18, IM-20.
"""
