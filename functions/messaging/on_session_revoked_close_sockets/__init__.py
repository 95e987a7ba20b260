"""A session ended before its time: its sockets are closed. Frames it still sends are refused meanwhile."""
