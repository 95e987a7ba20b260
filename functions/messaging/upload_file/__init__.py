"""A member of a conversation sends a picture, a voice message, a short video or a document; a member of staff the scan
of a paper of theirs.

They ask, put the bytes into the quarantine by addresses signed for exactly these bytes, and say that they are done;
after a reload they ask what is missing. What they put is checked by `on_upload_put_check`. Ledger: IM-02, IM-03,
IM-04, IM-05.
"""
