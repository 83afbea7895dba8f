"""Makes the pages of the reference from the declarations in the program."""
