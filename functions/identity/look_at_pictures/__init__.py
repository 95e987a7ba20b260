"""The hospital looks at a picture: what stands on an identity card, whose face it is, how a face moves.

Pixels in, findings out: it may touch nothing of the hospital's, keeps nothing, and its models lie beside it. Too large
for a zip, it runs from an image of its own (`infra/pictures/Dockerfile`), and only the ports `ocr` and `face` ask it.
Ledger: ID-06, ID-12, ID-13, ID-14, ID-15, ID-16, ID-17.
"""
