"""Calls (通话): somebody rings the others of a conversation, and those who answer see and hear each other. Media goes
through a relay; what the relay reports are facts, the call decides what they mean."""
