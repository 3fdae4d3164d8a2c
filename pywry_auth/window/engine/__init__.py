"""What runs inside the window's own process, toolkit by toolkit."""
