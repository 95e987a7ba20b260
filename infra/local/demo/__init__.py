"""The demo hospital: made-up organisations, staff, patients and words. Exists in the local hospital only."""
