"""What runs inside the locked process: it may import the standard library and these modules, nothing else."""
