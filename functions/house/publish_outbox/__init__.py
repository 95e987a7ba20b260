"""Events leave the house: from the outbox rows of every table, through its stream, to the bus."""
