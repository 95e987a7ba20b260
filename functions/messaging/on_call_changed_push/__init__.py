"""A call rings, or changed: all devices of all whom it concerns are told how it stands, so that each rings, and stops.

Ledger: CALL-02 in part (it rings, and both sides see how it ended).
"""
