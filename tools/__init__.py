"""Programs for those who write the course; learners never need them."""
