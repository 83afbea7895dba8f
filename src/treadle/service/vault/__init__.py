"""The vault: credentials sealed in the store, open in memory, and seen nowhere else."""
