"""A message or a paper holds an upload: from now on nobody can change or delete its objects for three years (KEEP-3Y).

The lock follows within seconds, by the outbox: an event that commits with the message or the paper, a queue that tries
again, and an alarm when it gives up. Until then nothing deletes them either: only what nothing holds is forgotten.
"""
