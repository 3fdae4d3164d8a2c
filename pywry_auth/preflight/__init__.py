"""What can be found out to be wrong before a person sees a sign-in window."""
