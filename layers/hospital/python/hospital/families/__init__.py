"""Families: for whom a person may act, since when, and how that was shown."""
