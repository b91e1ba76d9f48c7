"""Code from the equations: NumPy, numba and JavaScript, all printed from the same SymPy expressions."""
