"""What a document means: its definitions in scope, and claims evaluated in it."""
