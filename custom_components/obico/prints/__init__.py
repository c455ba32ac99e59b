"""What was printed.

The latest ended print of each printer, and how prints are described. What is being
printed now belongs to `printer`.
"""
