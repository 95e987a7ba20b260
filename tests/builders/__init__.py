"""What tests are built from: a cloud in memory, requests as the gateway sends them, people, deliveries.

Builders make valid objects; a test states only what it is about.
"""
