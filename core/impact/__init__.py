"""From accuracy to money: what a model's decisions are worth, against what decides without it."""
