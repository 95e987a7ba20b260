"""Signing up: what a new patient is asked at each terminal, as the platform or an organisation has set it."""
