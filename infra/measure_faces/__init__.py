"""How often the hospital's own comparison of faces is right, on pictures of which somebody knows who is on them.

With the models and thresholds that serve patients, on a computer of the hospital's: no picture leaves it, and the
report names files, never people. What folder and report look like: docs/cards-and-faces.md. Ledger: ID-08, in part.
"""
