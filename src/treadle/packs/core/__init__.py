"""What every workflow needs: triggers and the shape of a run."""
