"""Pages of our own, served on this computer to windows of our own."""
