"""The next step of an import is done: the file read into batches of lines, or one batch of them written.

A step that comes again writes nothing anew: what it wrote before carries the import's id. Ledger: DIR-07, DIR-08.
"""
