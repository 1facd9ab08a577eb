"""Read sources into the records frame; every line is accounted for."""
