"""What things cost, each against what it replaces, in the same run."""
