"""Ask for something, and watch it grow against its schema."""
