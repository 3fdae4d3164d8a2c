"""What the person sees of a sign-in, in one object for an application to hold."""
