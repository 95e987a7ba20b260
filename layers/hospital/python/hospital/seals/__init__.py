"""Seals of the audit lines: hash-chained blocks, one chain an organisation and one for the platform, whose heads are
anchored where nobody can change them. What is altered, missing, swapped or cut off can be named afterwards (MLPS-3)."""
