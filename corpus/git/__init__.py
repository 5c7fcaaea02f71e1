"""Git repositories as sources: which files of a revision are read, and what was kept of them."""
