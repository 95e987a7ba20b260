"""Face checks that another system asked for: of whom, under which reference, and what came of it."""
