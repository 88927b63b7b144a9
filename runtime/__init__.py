"""The code that ships to instances. It imports nothing of the rest of the tree."""
