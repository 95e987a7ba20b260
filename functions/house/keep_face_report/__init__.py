"""The operator brings in what a measurement of the hospital's own comparison of faces said, and reads it again.

Measured where the pictures are, by `infra.measure_faces`; here are its numbers alone. Ledger: ID-08, in part.
"""
