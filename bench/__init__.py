"""What things cost, each beside something plain in the same run; ratios, because machines are noisy."""
