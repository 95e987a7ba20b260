"""A person asks for a copy of what the hospital keeps of them, or of a child whose guardian they are; follows how far
it is, and takes the file away by an address of five minutes, for three days. Rules: PIPL-CONSENT (PIPL art. 45).
"""
