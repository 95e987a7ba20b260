"""A member opens what another one sent: a picture, its thumbnail, a recording, a document.

They get an address that is good for five minutes. Whether they may is asked each time: who left, or came later, sees
what the history rules say; what was recalled opens for nobody. Ledger: IM-02, IM-04, IM-05.
"""
