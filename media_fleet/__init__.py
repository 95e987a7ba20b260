"""The media relay: a process that forwards sound and pictures of calls as bytes (`PROTOCOL.md`: how to speak to it)."""
