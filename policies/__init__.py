"""What is demanded of every resource, in words for people and as functions that the engine calls.

Nothing here imports the program: a fault of the program cannot agree with itself.
"""
