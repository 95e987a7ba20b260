"""An admin brings a file of drugs, companies or diagnoses in: part by part, then started and followed to its report.

What is wrong with a line is told by its number, column and fault; the other lines are taken. Ledger: DIR-07, DIR-08.
"""
