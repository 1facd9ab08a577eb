"""Ways to write log lines."""
