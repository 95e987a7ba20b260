"""Devices tell how a call went, and staff reads it: whether somebody could be heard stands there."""
