"""A frame arrives on a socket: hello, send, read, ping.

A message is acknowledged after it is stored, never before; pushing it to the members is the stream's work, so a
function that dies in between loses nothing. Ledger: IM-01, IM-10, IM-17, IM-20.
"""
