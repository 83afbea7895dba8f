"""Templates: workflow files to begin with, shipped with Treadle or published here, and what has become of them."""
