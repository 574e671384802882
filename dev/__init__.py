"""What the Makefile calls: a stack on the embedded AWS with one command, and nothing left behind."""
