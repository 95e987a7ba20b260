"""Other systems of the hospital: each proves every request with a key of its own, and may ask so much a day."""
