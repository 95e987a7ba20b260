"""The local hospital: the deployed template, running in one process on one port. Never part of a deployment."""
