"""The pack `trigger`: what starts runs."""
