"""Where WebSockets are blocked, a device polls: it asks for the frames that a socket would be sent, numbered, and posts
its own frames as requests. The same frames mean the same by either way. Ledger: IM-19.
"""
