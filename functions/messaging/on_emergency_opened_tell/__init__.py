"""A record was opened in an emergency: its patient is told at once by a text message, whatever texts the organisation
wrote, and open pages of the patient and of the privacy officers look again.

Rules: BREAK-GLASS.
"""
