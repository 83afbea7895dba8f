"""`simulation.market` once more, over flat sequences of whole numbers: the same to the last unit, and compiled if it
can be. `namespace(...)` of `twin` gives the functions, `layout` says what is where."""
