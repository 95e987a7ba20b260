"""A reminder is due: looked at again, and sent to whoever is still absent and has something unread, unless it is night.

One line for everything that waits, without content; app push first, a text message when that reached nobody and the
person wants texts. Ledger: IM-20 in part (notifications), CALL-07 is not claimed.
"""
