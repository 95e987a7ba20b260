"""The record of a conversation is written as one page that prints and needs nothing else: everything that was said, a
list of the files with their digests, and the digest of what stands above it. Ledger: IM-14, IM-15.
"""
