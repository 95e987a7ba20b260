"""A page asks where it can connect: sockets in order, long polling last.

An address that did not answer its health check lately is left out, so the next answer names another one; long polling,
on the page's own origin, is always there. Ledger: IM-21, IM-19.
"""
