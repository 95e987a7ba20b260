"""Care relations: who of the staff treats which patient, since when and until when, and by which of their meetings."""
