"""An operator has a chain of seals verified now: the newest blocks, their lines, and the anchors.

What reaches further back is for the offline verifier (`python -m infra.verify_audit`). Rules: MLPS-3.
"""
