"""Building blocks of the stack: one ComponentResource a file, with its pure builders beside it."""
