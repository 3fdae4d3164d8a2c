"""The grants, one module each."""
