"""What the channels of a layer mean: fields of a group, and how it acts on them."""
