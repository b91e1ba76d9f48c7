"""Convolution gradients, derived, proved and computed; equations in LaTeX, proved or refuted."""
