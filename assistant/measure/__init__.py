"""What is measured on public sets: a file for each question that a reader may ask of a desk."""
