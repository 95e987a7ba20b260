"""A socket opens: its ticket is used up, and it belongs to the session that asked for the ticket. Ledger: IM-18."""
