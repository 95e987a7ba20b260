"""An administrator sees how the log is sealed: blocks, the head of the chain, its anchors, and what was verified last.

Staff of an organisation see their own chain, operators all. Rules: MLPS-3, GM-CRYPTO.
"""
