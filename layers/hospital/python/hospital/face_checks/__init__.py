"""Faces that were watched: what was asked of whom, once, and what came of it. A picture only of one in doubt, sealed,
until somebody has looked."""
