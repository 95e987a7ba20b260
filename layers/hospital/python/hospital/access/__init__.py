"""Access: what an organisation adds to its staff's roles, and where its patients' data may be read."""
