"""Verified identities: that an account belongs to the person whom an ID number names, how that was shown, and when."""
