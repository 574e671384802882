"""The registry: images, what they do when they run, and what is known of them."""
