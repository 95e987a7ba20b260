"""Events leave the house: from the outbox rows of every table, through its stream, to the bus. Audit lines go the same
way: each is its own outbox row, and its digest goes to the queue of those that seal."""
