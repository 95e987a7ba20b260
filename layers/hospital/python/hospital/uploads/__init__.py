"""What people send besides text: asked for, put into the quarantine, checked, and only then part of a conversation or
of a paper."""
