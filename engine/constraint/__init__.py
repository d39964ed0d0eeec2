"""From a constraint specification to a matcher that lets only satisfying text through."""
