"""Models of the Hugging Face Hub as sources: their cards' text, and their metadata."""
