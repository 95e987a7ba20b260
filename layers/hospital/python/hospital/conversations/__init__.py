"""Conversations: messages between people about something (a visit), numbered without gaps, and the sockets they
travel by."""
