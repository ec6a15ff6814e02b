"""The house: the nouns of the renewal business, each with its verbs and its rules."""
