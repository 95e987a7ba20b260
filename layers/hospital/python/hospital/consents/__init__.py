"""Consents: what a person, or their guardian, agreed to; for which purpose, by which version of which text."""
