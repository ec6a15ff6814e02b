"""Matrix: who may grant what, as people change it: a draft, what it would have done to past quotes, its versions."""
