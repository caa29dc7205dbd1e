"""What hypotheses decide, as pictures: arrays that are ready to draw."""
