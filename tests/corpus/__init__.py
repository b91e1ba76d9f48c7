"""Papers in many shapes and notations, edited, with the truth of every line known from arithmetic alone."""
