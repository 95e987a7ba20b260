"""An upload lies in the quarantine: it is looked at, written anew where it can be, scanned, and handed on or refused.

What it is, its own first bytes say; its name and claimed type have to agree. Pictures and recordings are written anew,
so that nothing of the sender's phone (place, serial number) and nothing hidden behind the picture goes on. Documents
are handed on as they came, after the scan. Ledger: IM-02, IM-03, IM-04, IM-05.
"""
