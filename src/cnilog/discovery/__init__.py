"""What no pattern knows yet, made-up logs whose cause is known, and logs that still grow."""
