"""What all pages share: page head, states, cards, rows, charts, forms. See ``README.md`` beside this file."""
