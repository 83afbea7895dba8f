"""Documents of other programs made into workflow files. Nothing of them is lost; a report says what became of it."""
