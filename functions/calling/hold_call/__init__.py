"""Somebody calls the others of a conversation: their devices ring, one answers, and they talk until one hangs up.

Ledger: CALL-02 (reject, no answer and busy end it with their own outcome), CALL-05 (calls belong to visits). Rules:
VISIT-REAL-DOCTOR.
"""
