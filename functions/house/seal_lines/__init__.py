"""Audit lines are sealed: each is received once and put into a hash-chained block; a chain is served by one at a time.

Rules: MLPS-3 (logs that nobody can change unnoticed), GM-CRYPTO (digests name their algorithm).
"""
