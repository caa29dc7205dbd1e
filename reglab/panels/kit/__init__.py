"""What every panel is made of: views, the wire, words, and parts of controls."""
