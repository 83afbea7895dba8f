"""What `treadle up --demo` shows: three workflows, the data they read, and the services they call."""
