"""Sources: one file for each input format."""
