"""What can happen to a cluster, told through its programs, by what it is about."""
