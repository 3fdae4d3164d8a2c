"""What a person is shown in a browser: assets found, pages filled, every value escaped."""
