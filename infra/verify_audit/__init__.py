"""The offline verifier of the audit seals: `python -m infra.verify_audit`.

It reads every item of the tables, the blocks and the anchors (of a deployed stack, of a local hospital's folder, or of
an export of either) and names what was altered, is missing, was swapped or cut off. Nothing of AWS is needed for an
export, so that whoever audits a hospital can run it on a machine of their own.
"""
